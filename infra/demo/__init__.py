"""The demo: AzioneLab on one machine without Docker. Imported as `demo` with `infra/` on sys.path."""
