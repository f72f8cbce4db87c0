# SPDX-License-Identifier: GPL-2.0
pytest_plugins = ["vmxcheck.plugin", "guard", "workers"]
