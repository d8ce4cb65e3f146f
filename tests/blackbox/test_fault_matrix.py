"""Faults of the test servers and kinds of requests: bounded time, the right status, a message with source, host and cause.

Part of the matrix; all of it with SSM_EXEC_FAULT_MATRIX=whole, which tests/faults/run sets.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil

import credential_services
import parameter_store
import pytest
from chain import Chain, chain  # noqa: F401
from fault_matrix import NETWORK, NO_FAULTS_OF_THE_NETWORK, ROWS, Cell, all_cells, few_cells, judge, run_cell
from parameter_store import faults
from parameter_store.local_service import LocalService

CELLS = all_cells() if os.environ.get("SSM_EXEC_FAULT_MATRIX") == "whole" else few_cells()


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_fault_ends_as_its_class_says(chain: Chain, cell: Cell) -> None:
    asked, outcome = run_cell(chain, cell)
    judge(chain, cell, asked, outcome)


# --- The matrix is whole


def subclasses(kind: type) -> set[type]:
    return {kind, *(deeper for direct in kind.__subclasses__() for deeper in subclasses(direct))}


def test_every_fault_of_the_servers_has_a_row() -> None:
    for package in (parameter_store, credential_services):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    of_servers = {fault for fault in subclasses(faults.Fault) if fault.__module__.split(".")[0] in ("parameter_store", "credential_services")}
    names = {fault.__name__ for fault in of_servers}
    made_by = {
        function
        for _, function in inspect.getmembers(faults, inspect.isfunction)
        if function.__module__ == faults.__name__ and inspect.signature(function).return_annotation in names
    }
    assert len(of_servers) > 10 and made_by >= {faults.throttling, faults.redirect}
    assert (of_servers - {faults.Fault}) | made_by == {row.make for row in ROWS.values() if row.make.__module__ != "fault_matrix"}


def test_every_fault_of_the_network_has_a_row() -> None:
    members = {name for name in vars(LocalService) if not name.startswith("_")}
    assert members == {weather.member for weather in NETWORK.values()} | NO_FAULTS_OF_THE_NETWORK


def test_the_short_form_has_every_row_and_every_column() -> None:
    few, whole = few_cells(), all_cells()
    assert {cell.fault for cell in few} == {cell.fault for cell in whole} == {*ROWS, *NETWORK}
    assert {cell.kind for cell in few} == {cell.kind for cell in whole}
