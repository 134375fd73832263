"""No settings: what is measured against takes its flags from the command line."""
