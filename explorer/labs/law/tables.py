"""The tables of the law lab's panels: several fill one and the same."""

from explorer.tables import Bound, Count, Flag, Table, Text, Value

TRAINED = Table(
    "trained",
    n=Count(),
    d=Count(),
    k=Count(),
    seed=Count(),
    trainer=Text(),
    mse=Value("MSE"),
    fits=Flag(),
    lower=Bound(">=", "Lip"),
    upper=Bound("<=", "Lip"),
    product=Bound("<=", "Lip"),
    law=Value("sqrt(n/k)"),
)
CONSTRUCTIONS = Table(
    "constructions",
    name=Text(),
    n=Count(),
    d=Count(),
    k=Count(),
    p=Count(),
    fit_error=Value(),
    misfit=Value(),
    lip_data=Bound(">=", "Lip"),
    lip_sphere=Bound(">=", "Lip"),
    lip_ball=Bound(">=", "Lip"),
    formula_sphere=Value(),
    formula_ball=Value(),
)
FLOORS = Table("floors", name=Text(), n=Count(), d=Count(), k=Count(), value=Bound(">=", "Lip"), applies_to=Text())
LADDER = Table("ladder", network=Text(), rung=Text(), value=Value("Lip"), direction=Text())
