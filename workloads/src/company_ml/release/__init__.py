"""The serving release controller: a new model version takes over an endpoint, on evidence.

``plan`` compiles strategies to stages, ``statistics`` and ``gates`` judge, ``core`` decides what
comes next, ``run`` does it. The controller owns what an endpoint serves and how its traffic is
divided; the Pulumi program owns everything else of the endpoint (``release: controller``).
"""
