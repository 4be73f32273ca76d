"""Interfaces of services (REST, SaaS), read through dlt in a process of its own."""
