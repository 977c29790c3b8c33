"""The provider plugin: Pulumi starts it from here, with the virtual environment that it has made beside this file."""

from pulumi_dashscope_ft.plugin.start import main

main()
