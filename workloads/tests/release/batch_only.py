"""Registers a model that no gate finds wrong: ``python batch_only.py MLFLOW_URI NAME FEATURES``.

It answers tables well and single rows not at all: the squeeze that makes a list of a column makes a
number of a single value. Held-out rows come as a table, callers of an endpoint one by one.

A process of its own, because MLflow's import warns about itself and warnings are errors in tests.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from sklearn.linear_model import LogisticRegression

from company_ml.train import core, example_data

CODE = """
import mlflow.models
import numpy as np
import pandas as pd
from mlflow.pyfunc import PythonModel


class BatchOnly(PythonModel):
    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        config = context.model_config
        values = model_input[config["features"]].to_numpy(float)
        scores = np.squeeze(values @ np.array(config["weights"])[:, None] + config["intercept"])
        probability = [1 / (1 + np.exp(-score)) for score in scores]
        return pd.DataFrame(
            {
                "prediction": [int(each >= 0.5) for each in probability],
                "probability": probability,
                "model_version": "unknown",
                "model_sha256": "unknown",
            }
        )


mlflow.models.set_model(BatchOnly())
"""


def main(uri: str, name: str, features: Path) -> None:
    """Fit on the rows that training may see, log and register."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    settings = core.TrainingSettings(label=example_data.LABEL, key=example_data.KEY)
    train, _ = core.split(pd.read_parquet(features), settings)
    table = train.drop(columns=[example_data.KEY, example_data.LABEL])
    mean, spread = table.mean().to_numpy(), table.std().to_numpy()
    fitted = LogisticRegression().fit((table.to_numpy() - mean) / spread, train[example_data.LABEL])
    weights = np.asarray(fitted.coef_)[0] / spread
    signature = ModelSignature(
        Schema([ColSpec("double", column) for column in table.columns]),
        Schema([ColSpec(each.type, each.name) for each in core.OUTPUTS]),
    )
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run():
        code = Path(folder) / "model.py"
        code.write_text(CODE)
        logged = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(code),
            model_config={
                "features": list(table.columns),
                "weights": weights.tolist(),
                "intercept": float(np.asarray(fitted.intercept_)[0] - weights @ mean),
            },
            signature=signature,
            pip_requirements=[],
        )
        mlflow.register_model(logged.model_uri, name, tags={"pii": "false", "gdpr": "compliant"})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
