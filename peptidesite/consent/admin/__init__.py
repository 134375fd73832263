from . import keeping, policies, proof  # noqa: F401 - each registers its ModelAdmin
