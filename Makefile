# Each target is one line of tasks.py, which also runs where there is no make.
PYTHON ?= python3

.PHONY: help setup demo test check bench evidence lab lock clean
help:
	@$(PYTHON) tasks.py --help
setup demo test check bench evidence lab lock clean:
	@$(PYTHON) tasks.py $@
