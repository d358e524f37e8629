"""One canonical form of a US address, for situs and mailing alike."""

from __future__ import annotations

from realestate.domain.address.columns import AddressColumns, AddressReader
from realestate.domain.address.parcels import read_parcel
from realestate.domain.address.places import Place, read_city, read_state, read_zip
from realestate.domain.address.reading import Address
from realestate.domain.address.sameness import same_place, same_places
from realestate.domain.address.streets import Street
from realestate.domain.address.units import read_unit, shown_line, unit_key

__all__ = [
    "Address",
    "AddressColumns",
    "AddressReader",
    "Place",
    "Street",
    "read_city",
    "read_parcel",
    "read_state",
    "read_unit",
    "read_zip",
    "same_place",
    "same_places",
    "shown_line",
    "unit_key",
]
