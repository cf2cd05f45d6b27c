"""Data: products, customers and vendors. Which customer runs what is decided in business.py."""

from enterpriselab.company.records import Product

PRODUCT_ROWS = """
NV-FLW-CORE | Norrvane Flow Core                      | software | line    | 1450000 | 8.2.1
NV-FLW-DSP  | Norrvane Flow Dispatch                  | software | line    |  620000 | 8.2.1
NV-FLW-MAT  | Norrvane Flow Material Tracking         | software | line    |  580000 | 8.2.0
NV-FLW-WGH  | Norrvane Flow Weigh and Dose            | software | station |  340000 | 8.1.4
NV-FLW-EBR  | Norrvane Flow Electronic Batch Record   | software | line    |  890000 | 8.2.0
NV-FLW-ERP  | Norrvane Flow ERP Connector             | software | site    |  760000 | 5.6.3
NV-FLW-7LE  | Norrvane Flow 7 Legacy Edition          | software | site    |  980000 | 7.9.12
NV-TRC-CORE | Norrvane Trace Core                     | software | line    |  690000 | 4.5.2
NV-TRC-GEN  | Norrvane Trace Genealogy                | software | line    |  410000 | 4.5.2
NV-TRC-SPC  | Norrvane Trace Statistical Control      | software | line    |  370000 | 4.4.8
NV-TRC-VIS  | Norrvane Trace Visual Inspection        | software | station |  520000 | 2.3.0
NV-PLS-CORE | Norrvane Pulse Condition Monitoring     | software | asset   |   48000 | 3.8.0
NV-PLS-VIB  | Norrvane Pulse Vibration Analytics      | software | asset   |   36000 | 3.8.0
NV-PLS-NRG  | Norrvane Pulse Energy                   | software | site    |  540000 | 3.6.1
NV-PLS-MOB  | Norrvane Pulse Mobile                   | software | user    |    9600 | 3.7.5
NV-SCH-STD  | Norrvane Tempo Finite Scheduler         | software | site    | 1280000 | 6.0.4
NV-SCH-SIM  | Norrvane Tempo What-If Simulation       | software | site    |  720000 | 6.0.4
NV-HIS-STD  | Norrvane Historian                      | software | server  |  830000 | 11.3.0
NV-HIS-RED  | Norrvane Historian Redundancy           | software | server  |  460000 | 11.3.0
NV-HIS-API  | Norrvane Historian Open API             | software | server  |  180000 | 11.2.2
NV-EDG-RT   | Norrvane Edge Runtime                   | software | gateway |   64000 | 2.14.0
NV-EDG-OPC  | Norrvane Edge OPC UA Driver             | software | gateway |   22000 | 2.14.0
NV-EDG-MOD  | Norrvane Edge Modbus Driver             | software | gateway |   14000 | 2.13.3
NV-EDG-PNT  | Norrvane Edge PROFINET Driver           | software | gateway |   26000 | 2.14.0
NV-GW-120   | Norrvane Gateway 120                    | hardware | piece   |   68000 | -
NV-GW-240   | Norrvane Gateway 240 Rugged             | hardware | piece   |  124000 | -
NV-GW-480   | Norrvane Gateway 480 Redundant          | hardware | piece   |  219000 | -
NV-GW-060   | Norrvane Gateway 60                     | hardware | piece   |   41000 | -
NV-SEN-VT2  | Norrvane Vibration Sensor VT2           | hardware | piece   |   31500 | -
NV-SEN-EM1  | Norrvane Energy Meter EM1               | hardware | piece   |   27900 | -
NV-HMI-15   | Norrvane Operator Terminal 15           | hardware | piece   |  189000 | -
NV-SUP-STD  | Standard Support Plan                   | service  | year    |  480000 | -
NV-SUP-ENT  | Enterprise Support Plan                 | service  | year    | 1450000 | -
NV-SUP-247  | Round-the-Clock Support Option          | service  | year    | 2100000 | -
NV-SVC-IMP  | Implementation Day                      | service  | day     |  135000 | -
NV-SVC-UPG  | Version Upgrade Package                 | service  | site    | 1850000 | -
NV-SVC-AUD  | Line Connectivity Audit                 | service  | site    |  690000 | -
NV-TRN-OPR  | Operator Training                       | training | class   |  240000 | -
NV-TRN-ADM  | Administrator Certification             | training | person  |  195000 | -
NV-TRN-DEV  | Integration Developer Course            | training | person  |  175000 | -
"""
"""sku | name | category | unit | price in euro cents | version ('-' when it has none)."""

END_OF_SALE = frozenset({"NV-FLW-7LE", "NV-GW-060"})

BUNDLES: dict[str, tuple[str, ...]] = {
    "discrete": ("NV-FLW-CORE", "NV-FLW-DSP", "NV-TRC-CORE", "NV-TRC-GEN", "NV-SCH-STD", "NV-EDG-RT", "NV-EDG-PNT"),
    "batch": ("NV-FLW-CORE", "NV-FLW-WGH", "NV-FLW-EBR", "NV-TRC-GEN", "NV-HIS-STD", "NV-EDG-RT", "NV-EDG-OPC"),
    "process": ("NV-HIS-STD", "NV-HIS-API", "NV-PLS-CORE", "NV-PLS-VIB", "NV-PLS-NRG", "NV-EDG-RT", "NV-EDG-MOD"),
}
"""Kind of manufacturing -> the software that such customers choose from."""

INDUSTRY_KIND: dict[str, str] = {
    "Automotive Suppliers": "discrete",
    "Machine Building": "discrete",
    "Aerospace Components": "discrete",
    "Electronics": "discrete",
    "Medical Devices": "discrete",
    "Furniture": "discrete",
    "Food and Beverage": "batch",
    "Pharmaceuticals": "batch",
    "Cosmetics": "batch",
    "Specialty Chemicals": "batch",
    "Packaging": "process",
    "Paper": "process",
    "Metals": "process",
    "Building Materials": "process",
    "Textiles": "process",
    "Glass": "process",
    "Energy": "process",
}

CUSTOMER_ROWS = """
Adlerforst Maschinenbau     | Machine Building     | DE | Bielefeld    | Strategic
Bruckhagen Antriebstechnik  | Automotive Suppliers | DE | Schweinfurt  | Strategic
Quellrain Brauereien        | Food and Beverage    | DE | Bamberg      | Enterprise
Steinlohe Pharma            | Pharmaceuticals      | DE | Marburg      | Strategic
Weidenau Papier             | Paper                | DE | Dueren       | Enterprise
Lindquell Lebensmittel      | Food and Beverage    | DE | Oldenburg    | Standard
Hallenrode Glaswerke        | Glass                | DE | Ilmenau      | Standard
Torfmoor Kunststofftechnik  | Packaging            | DE | Lohne        | Standard
Kupferbach Metallwerke      | Metals               | DE | Hettstedt    | Enterprise
Silberdorn Sensorik         | Electronics          | DE | Jena         | Standard
Nordkliff Energiesysteme    | Energy               | DE | Husum        | Enterprise
Alpstern Feinmechanik       | Medical Devices      | AT | Dornbirn     | Standard
Grauspitz Holzwerke         | Furniture            | AT | Villach      | Standard
Tannwil Praezision          | Machine Building     | CH | Winterthur   | Enterprise
Rheinmatt Chemie            | Specialty Chemicals  | CH | Pratteln     | Strategic
Hollowbrook Foods           | Food and Beverage    | GB | Wakefield    | Enterprise
Castlemere Aerostructures   | Aerospace Components | GB | Preston      | Strategic
Penrallt Dairy              | Food and Beverage    | GB | Carmarthen   | Standard
Thornwick Packaging         | Packaging            | GB | Hull         | Enterprise
Ravensgill Pharma           | Pharmaceuticals      | GB | Macclesfield | Strategic
Oakhanger Furniture         | Furniture            | GB | High Wycombe | Standard
Dunmarrow Distillers        | Food and Beverage    | GB | Elgin        | Standard
Ballinacarra Medical        | Medical Devices      | IE | Galway       | Enterprise
Carrowbeg Ingredients       | Food and Beverage    | IE | Mallow       | Standard
Granvik Pappersbruk         | Paper                | SE | Sundsvall    | Enterprise
Hjortavik Bearings          | Automotive Suppliers | SE | Skovde       | Strategic
Solhaven Enzymes            | Specialty Chemicals  | DK | Kalundborg   | Enterprise
Klintemark Wind Components  | Energy               | DK | Esbjerg      | Standard
Verrelune Cosmetiques       | Cosmetics            | FR | Chartres     | Strategic
Montcairn Aeronautique      | Aerospace Components | FR | Toulouse     | Strategic
Fontbrisee Eaux             | Food and Beverage    | FR | Vichy        | Enterprise
Sablonnet Verrerie          | Glass                | FR | Cognac       | Standard
Ardevaux Chimie             | Specialty Chemicals  | FR | Roussillon   | Enterprise
Bellecombe Textiles         | Textiles             | FR | Roanne       | Standard
Rocheval Ciments            | Building Materials   | FR | Montelimar   | Standard
Zuiderwiel Zuivel           | Food and Beverage    | NL | Zwolle       | Enterprise
Haverdijk Coatings          | Specialty Chemicals  | NL | Dordrecht    | Standard
Scheldemond Staal           | Metals               | BE | Ghent        | Enterprise
Valdorsa Ceramiche          | Building Materials   | IT | Sassuolo     | Enterprise
Lamborna Packaging Machines | Machine Building     | IT | Bologna      | Standard
Tessaria Filati             | Textiles             | IT | Biella       | Standard
Sierrablanca Conservas      | Food and Beverage    | ES | Murcia       | Standard
Norteval Automocion         | Automotive Suppliers | ES | Burgos       | Enterprise
Wielkobor Meble             | Furniture            | PL | Kepno        | Standard
Hutmarek Odlewnia           | Metals               | CZ | Ostrava      | Standard
Cedar Hollow Beverage       | Food and Beverage    | US | Chattanooga  | Enterprise
Pinewick Paper              | Paper                | US | Green Bay    | Enterprise
Lonestrand Semiconductor    | Electronics          | US | Round Rock   | Strategic
Prairie Junction Foods      | Food and Beverage    | US | Des Moines   | Standard
Harrowgate Medical          | Medical Devices      | US | Warsaw       | Enterprise
Copperline Castings         | Metals               | US | Toledo       | Standard
Blue Mesa Pharma            | Pharmaceuticals      | US | Durham       | Strategic
Redtail Plastics            | Packaging            | US | Evansville   | Standard
Maplecrest Millwork         | Building Materials   | CA | Kitchener    | Standard
Cerrolindo Autopartes       | Automotive Suppliers | MX | Queretaro    | Enterprise
Saharsha Auto Components    | Automotive Suppliers | IN | Chakan       | Enterprise
Vaidarbha Textiles          | Textiles             | IN | Nagpur       | Standard
Nilgarh Formulations        | Pharmaceuticals      | IN | Ahmedabad    | Enterprise
Asanuma Ridge Precision     | Electronics          | JP | Suwa         | Standard
Straitview Biologics        | Pharmaceuticals      | SG | Tuas         | Standard
"""
"""name | industry | country code | city | tier. One a line."""

COUNTRIES: dict[str, str] = {
    "DE": "Germany",
    "AT": "Austria",
    "CH": "Switzerland",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "SE": "Sweden",
    "DK": "Denmark",
    "FR": "France",
    "NL": "Netherlands",
    "BE": "Belgium",
    "IT": "Italy",
    "ES": "Spain",
    "PL": "Poland",
    "CZ": "Czechia",
    "US": "United States",
    "CA": "Canada",
    "MX": "Mexico",
    "IN": "India",
    "JP": "Japan",
    "SG": "Singapore",
}

SALES_TEAM: dict[str, str] = {
    "Sales DACH": "DE AT CH PL CZ",
    "Sales UK and Nordics": "GB IE SE DK",
    "Sales France and Southern Europe": "FR NL BE IT ES",
    "Sales Americas": "US CA MX",
    "Sales Asia Pacific": "IN JP SG",
}
"""Team -> the countries whose customers it looks after."""

PROSPECTS = frozenset(
    {
        "Grauspitz Holzwerke",
        "Haverdijk Coatings",
        "Maplecrest Millwork",
        "Klintemark Wind Components",
        "Tessaria Filati",
    }
)
FORMER = frozenset({"Sablonnet Verrerie", "Redtail Plastics", "Oakhanger Furniture"})

LEGACY = frozenset(
    {
        "Lindquell Lebensmittel",
        "Alpstern Feinmechanik",
        "Penrallt Dairy",
        "Dunmarrow Distillers",
        "Carrowbeg Ingredients",
        "Norteval Automocion",
        "Hjortavik Bearings",
        "Prairie Junction Foods",
        "Asanuma Ridge Precision",
    }
)
"""Customers that still run Flow 7, the subject of the project L7SUN."""

RUNS: dict[str, tuple[str, ...]] = {
    "Adlerforst Maschinenbau": ("NV-FLW-DSP", "NV-FLW-MAT"),
    "Bruckhagen Antriebstechnik": ("NV-TRC-CORE", "NV-TRC-GEN"),
    "Steinlohe Pharma": ("NV-FLW-EBR",),
    "Ravensgill Pharma": ("NV-FLW-WGH",),
    "Verrelune Cosmetiques": ("NV-FLW-EBR", "NV-FLW-WGH"),
    "Montcairn Aeronautique": ("NV-HIS-STD",),
    "Lonestrand Semiconductor": ("NV-FLW-DSP", "NV-SCH-SIM"),
    "Saharsha Auto Components": ("NV-PLS-CORE", "NV-PLS-VIB"),
    "Rheinmatt Chemie": ("NV-PLS-NRG",),
}
"""What a customer must run for its project to make sense."""

CONTACT_TITLES: tuple[str, ...] = (
    "Plant Manager",
    "Head of Production",
    "IT Manager",
    "Purchasing Manager",
    "Automation Engineer",
    "Maintenance Manager",
    "Quality Manager",
    "Chief Information Officer",
    "Manufacturing Systems Engineer",
    "Accounts Payable Clerk",
    "Production Planner",
    "Operations Director",
)

VENDOR_ROWS = """
Kontorwerk Office Supplies | Office Supplies         | DE | Hamburg   | 30
Fleetbogen Facility        | Facility Management     | DE | Hamburg   | 30
Wolkenkai Hosting          | Cloud Hosting           | DE | Norderstedt | 14
Pixelhaven Devices         | IT Hardware             | DE | Paderborn | 30
Calderstone Insurance      | Insurance               | GB | Leeds     | 30
Brightmoor Recruitment     | Recruitment             | GB | Manchester | 14
Elmet Circuit Boards       | Electronic Components   | GB | Bradford  | 45
Saonelectro Composants     | Electronic Components   | FR | Grenoble  | 45
Traboule Traiteur          | Catering                | FR | Lyon      | 14
Deccan Staffing Partners   | Contract Staff          | IN | Pune      | 30
Mulamutha Transport        | Employee Transport      | IN | Pune      | 15
Barton Ridge Legal         | Legal Services          | US | Austin    | 30
Pecan Street Catering      | Catering                | US | Austin    | 15
Signalbruecke Telecom      | Telecommunication       | DE | Bremen    | 30
Haldenblech Enclosures     | Mechanical Parts        | DE | Siegen    | 45
Reisewelle Travel          | Business Travel         | DE | Hamburg   | 14
Sternfracht Logistics      | Freight                 | NL | Venlo     | 30
Messerad Trade Fairs       | Trade Fairs             | DE | Hanover   | 30
"""
"""name | category | country code | city | days until payment is due."""


def split_rows(text: str) -> list[list[str]]:
    """The cells of a table written with one row a line and '|' between cells."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def products() -> tuple[Product, ...]:
    """The catalogue in its printed order."""
    return tuple(
        Product(
            sku,
            name,
            category,
            unit,
            int(price),
            None if version == "-" else version,
            "end_of_sale" if sku in END_OF_SALE else "on_sale",
        )
        for sku, name, category, unit, price, version in split_rows(PRODUCT_ROWS)
    )
