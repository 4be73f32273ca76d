"""Endpoints: model servers, their contract and its backends."""
