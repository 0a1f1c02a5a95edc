"""Trust extracts in: read, mapped, checked, pseudonymised, kept; faults out.

>>> from workbench.intake import ingest
>>> ingest.run(workspace, dictionary, paths=(), plain=True)

Every file lands once, by its content, encrypted in the vault; the datasets of the
store are derived from all landed files together. So the order in which files
arrive, a file split into parts, a repeat and a crash change nothing.

======================== =======================================================
``keys/``                the workspace's age key pair and pseudonym key
``vault/landed/``        every row taken in, encrypted; identifiers are here alone
``vault/identifiers...`` who each record is about, encrypted
``vault/secrets/``       what linkage and review keep, encrypted
``vault/access.log``     who opened the vault, when, with which command and why
``store/*.parquet``      pseudonymised datasets, sorted by ``record_id``
``store/faults.parquet`` faults of rows that were let in: record, rule, no value
``store/opt_outs_by...`` how many of each group have opted out, by kind of list
``quarantine/``          what to send back to each Trust: row, column, rule, reason
``ingest.json``          counts by file: read = accepted + quarantined
``ingest_watch.log``     one line a round of a watched inbox
======================== =======================================================
"""

from __future__ import annotations
