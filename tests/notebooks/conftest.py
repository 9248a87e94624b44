"""Jupyter without the user's own: kernels, configuration and whatever it writes are those of this test run."""

from collections.abc import Iterator

import pytest

from tools.jupyter import JupyterLab


@pytest.fixture(scope="session", autouse=True)
def own_jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kernels of this environment, nothing of the home folder."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        yield


@pytest.fixture(scope="session")
def jupyterlab(own_jupyter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    lab = JupyterLab(tmp_path_factory.mktemp("jupyterlab"))
    yield lab
    lab.close()
