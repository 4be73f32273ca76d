"""Operations of an installation: verify, reconcile, destroy, check credentials, count errors."""
