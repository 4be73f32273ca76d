"""`tags.yaml` as a document: parsed with line numbers, edited without touching other bytes, replaced atomically."""
