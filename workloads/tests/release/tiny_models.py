"""Registers three versions of a tiny model: ``python tiny_models.py MLFLOW_URI NAME FOLDER``.

A process of its own, because MLflow's import warns about itself and warnings are errors in tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

import mlflow

BODIES = {
    "1": "return model_input['x'] * 2.0",
    "2": "return model_input['x'] * 2.0 + 1e-9",
    "3": "raise ValueError('this version answers nothing')",
}
"""What ``predict`` does: the incumbent, one that is as good, and one that fails."""


def main(uri: str, name: str, folder: Path) -> None:
    """Log and register each version, as models from code."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    for version, body in BODIES.items():
        code = folder / f"model_{version}.py"
        code.write_text(
            "import mlflow.models\n"
            "from mlflow.pyfunc import PythonModel\n\n\n"
            "class Doubler(PythonModel):\n"
            "    def predict(self, context, model_input, params=None):\n"
            f"        {body}\n\n\n"
            "mlflow.models.set_model(Doubler())\n"
        )
        with mlflow.start_run():
            mlflow.pyfunc.log_model(
                name="model",
                python_model=str(code),
                registered_model_name=name,
                pip_requirements=[],
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
