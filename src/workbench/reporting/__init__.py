"""Reports: notebooks with typed parameters, run to the same figures each time.

A notebook uses `workbench.start` (`session`). The other files read notebooks
(`notebooks`, `declaration`, `values`), execute them (`steps`, `execute`,
`verdict`, `runner`), and write what a reader sees (`render`, `folder`,
`manifest`). No analysis is imported here, and the writers take only what
`workbench.disclosure` has passed.
"""
