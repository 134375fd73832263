"""Figures that a test found out, in a line of pytest's summary."""


class _Line:
    def __init__(self, words):
        self.words = words

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.write_line(self.words)


def tell(config, words):
    """Print the words now, where pytest -s shows them, and again at the end of the run."""
    print(words)
    config.pluginmanager.register(_Line(words))
