"""How the records outlive the machine: base backups, the write-ahead log as it grows, and the way back from them.

Nothing here knows Django or the trial: what is restored is verified by the commands that an operator runs too. The
embedded database and a deployment's are backed up by the same program, told by BACKUP_* where and with which key.
"""
