"""What an operator asks of an installation: verify, reconcile, destroy, check credentials, list errors."""
