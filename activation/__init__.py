"""How an empty installation comes to its first subject: files, checklists, signatures of go-live."""
