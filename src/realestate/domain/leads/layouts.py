"""Column layouts of files that go out: our own, those of other tools, and those for one purpose.

The headers of PropStream, BatchLeads and DealMachine are those of their own exports (2025-26), so that whatever
takes their files takes ours; columns that we know nothing of stay empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from realestate.domain.leads.exports import MAX_EMAILS, MAX_PHONES

LEAD_ID = "Realestate Lead ID"
"""Header by which a file that comes back lands on the same leads; headers.toml knows it as the field lead_id."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a file.

    Attributes:
        columns: Header and key of `exports.cells`, in order; no key leaves the column empty.
        purpose: ``skiptrace``, ``mail`` or ``dialer``, which leave out leads that do not serve them; else empty.
    """

    columns: tuple[tuple[str, str], ...]
    purpose: str = ""

    @property
    def header(self) -> list[str]:
        """Names of the columns."""
        return [header for header, _ in self.columns]

    @property
    def keys(self) -> list[str]:
        """Keys of the columns."""
        return [key for _, key in self.columns]

    @property
    def phones(self) -> int:
        """Most phones of a lead that fit."""
        return sum(key[:5] == "phone" and key[5:].isdigit() for key in self.keys)

    @property
    def emails(self) -> int:
        """Most e-mail addresses of a lead that fit."""
        return sum(key[:5] == "email" for key in self.keys)


def _named(columns: str) -> Layout:
    """Read ``Header=key, Header without key, ...``."""
    pairs = (column.partition("=") for column in columns.replace("\n", " ").split(", "))
    return Layout(tuple((header, key) for header, _, key in pairs))


_PROPERTY = (
    ("Property Address", "address"),
    ("Property City", "city"),
    ("Property State", "state"),
    ("Property Zip", "zip"),
)
_POST = (
    ("Mailing Address", "post_line"),
    ("Mailing City", "post_city"),
    ("Mailing State", "post_state"),
    ("Mailing Zip", "post_zip"),
)
_NAMES = (("First Name", "first"), ("Last Name", "last"))

OWN = Layout(
    (
        (LEAD_ID, "id"),
        *_PROPERTY,
        ("Property County", "county"),
        ("Parcel Number", "parcel"),
        ("Lead Score", "score"),
        ("Lead Signals", "signals"),
        ("Lead Status", "status"),
        ("Lead Lists", "lists"),
        ("Owner Name", "owner"),
        ("Owner 2 Name", "owner2"),
        ("Mailing Address", "mail_line"),
        ("Mailing City", "mail_city"),
        ("Mailing State", "mail_state"),
        ("Mailing Zip", "mail_zip"),
        ("Do Not Mail", "do_not_mail"),
        *(
            column
            for number in range(1, MAX_PHONES + 1)
            for column in ((f"Phone {number}", f"phone{number}"), (f"Phone {number} Flags", f"phone{number}_flags"))
        ),
        *((f"Email {number}", f"email{number}") for number in range(1, MAX_EMAILS + 1)),
        ("Property Type", "property_type"),
        ("Beds", "beds"),
        ("Baths", "baths"),
        ("Building Sqft", "sqft"),
        ("Lot Size Sqft", "lot_sqft"),
        ("Year Built", "year_built"),
        ("Estimated Value", "value"),
        ("Estimated Equity", "equity"),
        ("Equity Percent", "equity_percent"),
        ("Loan Balance", "loan_balance"),
        ("Last Sale Date", "sale_date"),
        ("Last Sale Price", "sale_price"),
        ("Latitude", "lat"),
        ("Longitude", "lon"),
        ("Lead Signal Details", "statements"),
    )
)

SKIPTRACE = Layout(
    (
        (LEAD_ID, "id"),
        *_NAMES,
        *_POST,
        *_PROPERTY,
        ("Property County", "county"),
        ("APN", "parcel"),
    ),
    "skiptrace",
)
MAIL = Layout(((LEAD_ID, "id"), ("Owner Name", "owner"), *_NAMES, *_POST, *_PROPERTY), "mail")
DIALER = Layout(
    (
        (LEAD_ID, "id"),
        *_NAMES,
        *((f"Phone {number}", f"phone{number}") for number in range(1, MAX_PHONES + 1)),
        ("Email", "email1"),
        *_PROPERTY,
        ("Lead Score", "score"),
        ("Lead Signals", "signals"),
        ("Lead Status", "status"),
    ),
    "dialer",
)

PROPSTREAM = _named(
    """Address=address, Unit #, City=city, State=state, Zip=zip, County=county, APN=parcel, Owner Occupied,
Owner 1 First Name=first, Owner 1 Last Name=last, Owner 2 First Name=first2, Owner 2 Last Name=last2,
Mailing Care of Name, Mailing Address=mail_line, Mailing Unit #, Mailing City=mail_city,
Mailing State=mail_state, Mailing Zip=mail_zip, Mailing County, Do Not Mail=do_not_mail,
Property Type=property_type, Bedrooms=beds, Total Bathrooms=baths, Building Sqft=sqft, Lot Size Sqft=lot_sqft,
Effective Year Built=year_built, Total Assessed Value, Last Sale Recording Date=sale_date,
Last Sale Amount=sale_price, Total Open Loans, Est. Remaining balance of Open Loans=loan_balance,
Est. Value=value, Est. Loan-to-Value, Est. Equity=equity, MLS Status, MLS Date, MLS Amount, Lien Amount,
Marketing Lists=lists, Date Added to List=today, Method of Add, Litigator=litigator, Phone 1=phone1,
Phone 1 Type, Phone 1 DNC=phone1_dnc, Phone 2=phone2, Phone 2 Type, Phone 2 DNC=phone2_dnc, Phone 3=phone3,
Phone 3 Type, Phone 3 DNC=phone3_dnc, Phone 4=phone4, Phone 4 Type, Phone 4 DNC=phone4_dnc, Phone 5=phone5,
Phone 5 Type, Phone 5 DNC=phone5_dnc, Email 1=email1, Email 2=email2, Email 3=email3, Email 4=email4"""
)

BATCHLEADS = _named(
    """Lead Status=status, First Name=first, Last Name=last, Mailing Address=mail_line, Mailing City=mail_city,
Mailing State=mail_state, Mailing Zip=mail_zip, Mailing County, Property City=city, Property State=state,
Property Address=address, Property Zip=zip, Property County=county, Owner 2 First Name=first2,
Owner 2 Last Name=last2, List Count=lists, Tag Count, Email=email1, Email 2=email2, Litigator=litigator,
Is Vacant=vacant, Is Mailing Vacant, Opt-Out=opt_out, Created Date=created, Updated Date, Apn=parcel,
Parcel Count, Property Type Detail=property_type, Owner Occupied, Bedroom Count=beds, Bathroom Count=baths,
Total Building Area Square Feet=sqft, Lot Size Square Feet=lot_sqft, Year Built=year_built,
Total Assessed Value, Zoning Code, Last Sale Date=sale_date, Last Sale Price=sale_price,
Total Loan Balance=loan_balance, Equity Current Estimated Balance=equity, Estimated Value=value,
Ltv Current Estimated Combined, Mls Status, Self Managed, Pushed to BatchDialer, Loan Recording Date,
Loan Type, Loan Amount, Loan Lender Name, Loan Due Date, Loan Est Payment, Loan Est Interest Rate,
Loan Est Balance, Loan Term (Months), ARV, Spread, % ARV, Batchrank Score Category, Tag Names, Notes,
Foreclosure Document Type, Foreclosure Status, Foreclosure Auction Date, Foreclosure Loan Default Date,
Foreclosure Loan Recording Date, Foreclosure Case Number, Foreclosure Trustee/Attorney Name, Unit Count,
Commercial Unit Count, Residential Unit Count, Contact Obtained, Mls Listing Date, Mls Listing Amount,
Mls Listing Agent Fullname, Mls Agent Primary Phone, Mls Agent Email, Mls Agent Brokerage Name,
Mls Agent Brokerage Phone, Office, Phone 1=phone1, Phone 1 DNC=phone1_dnc, Phone 1 TYPE, Phone 2=phone2,
Phone 2 DNC=phone2_dnc, Phone 2 TYPE, Phone 3=phone3, Phone 3 DNC=phone3_dnc, Phone 3 TYPE, Phone 4=phone4,
Phone 4 DNC=phone4_dnc, Phone 4 TYPE, Phone 5=phone5, Phone 5 DNC=phone5_dnc, Phone 5 TYPE, List=titles"""
)

DEALMACHINE = _named(
    """property_id, lead_id, property_address_full=full_address, property_address_line_1=address,
property_address_line_2, property_address_city=city, property_address_state=state,
property_address_zipcode=zip, property_address_county=county, property_lat=lat, property_lng=lon,
lead_status=status, assigned_to, tags, recent_note, lead_source, creator, date_created=created,
last_exported_date, total_times_mail_was_sent, last_mail_sent_date, mailing_addresses, estimated_value=value,
equity_amount=equity, equity_percent=equity_percent, total_loan_amt, total_loan_balance=loan_balance,
total_loan_payment, owner_1_name=owner, owner_1_firstname=first, owner_1_lastname=last, owner_2_name=owner2,
owner_2_firstname=first2, owner_2_lastname=last2, owner_address_full=mail_full, owner_address_line_1=mail_line,
owner_address_line_2, owner_address_city=mail_city, owner_address_state=mail_state, owner_address_zip=mail_zip,
owner_location, is_corporate_owner, out_of_state_owner, building_square_feet=sqft, total_bedrooms=beds,
total_baths=baths, year_built=year_built, property_type=property_type, apn_parcel_id=parcel, lot_acreage,
legal_description, subdivision_name, lot_square_feet=lot_sqft, sale_price=sale_price, sale_date=sale_date,
dealmachine_url, notes_1, property_flags=titles, contact_1_name=owner, contact_1_flags,
contact_1_phone1=phone1, contact_1_phone1_type, contact_1_phone2=phone2, contact_1_phone2_type,
contact_1_phone3=phone3, contact_1_phone3_type, contact_1_email1=email1, contact_1_email2=email2,
contact_1_email3=email3"""
)

LAYOUTS = {"realestate": OWN, "propstream": PROPSTREAM, "batchleads": BATCHLEADS, "dealmachine": DEALMACHINE}
PURPOSES = {"skiptrace": SKIPTRACE, "mail": MAIL, "dialer": DIALER}
