"""The `workbench` command: one file a command."""
