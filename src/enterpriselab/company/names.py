"""Word lists: given and family names by culture (ASCII transliterations). Not the choice among them, see people.py."""

NAMES: dict[str, tuple[str, str]] = {
    "german": (
        "Annika Katrin Jonas Stefan Lena Matthias Heike Florian Birgit Tobias Silke Henning Miriam Lukas "
        "Carsten Ulrike Jana Torsten Nele Bastian Svenja Philipp Maren Holger Wiebke Malte Imke Niklas "
        "Corinna Hauke",
        "Brandt Lorenzen Petersen Hartwig Voss Kruse Behrens Dierks Jansen Kaufmann Reimers Thiessen Wulff "
        "Engel Sander Albers Feddersen Groth Harms Kessler Lindner Moeller Nissen Paulsen Rathje Stoever "
        "Tietjen Uhlig Winkler Ziegler",
    ),
    "british": (
        "Alice Gareth Rebecca Callum Hannah Simon Fiona Duncan Imogen Oliver Beth Rhys Charlotte Nathan "
        "Eleanor Graham Megan Lewis Harriet Dominic Poppy Adrian Sian Toby Louise Ewan Jessica Stuart Naomi "
        "Craig",
        "Ashworth Barraclough Cartwright Dewhurst Ellison Firth Greenwood Haigh Ingham Jagger Kershaw Lumb "
        "Metcalfe Naylor Oldroyd Pickering Ramsden Sutcliffe Thackray Verity Whitaker Bevan Crawford Donnelly "
        "Fairley Hollis Kendrick Lockwood Pemberton Selwyn",
    ),
    "french": (
        "Camille Julien Elodie Thibault Manon Bastien Aurelie Quentin Claire Romain Sandrine Mathieu Lucie "
        "Fabien Margaux Olivier Helene Damien Solene Guillaume Celine Maxime Adeline Cedric Noemie Yannick "
        "Delphine Loic Ines Marc",
        "Bonnard Chevallier Delorme Fournel Gauthier Hebrard Jacquet Lambertin Marchand Noiret Perrachon "
        "Roussel Sabatier Thevenet Vasseur Berthier Collomb Desmarais Faure Guichard Le-Goff Mercier Pasquier "
        "Rigaud Tissot Vidal Brossard Carret Dufresne Montel",
    ),
    "indian": (
        "Aarti Rohan Sneha Vikram Priya Aditya Kavita Nikhil Meera Sanjay Pooja Rahul Anjali Siddharth Neha "
        "Amit Shruti Karan Divya Prakash Manasi Tejas Ishita Suresh Rutuja Varun Lakshmi Omkar Gayatri Arjun",
        "Kulkarni Deshpande Joshi Patil Bhosale Gokhale Apte Kadam Shinde Chavan Pawar Iyer Menon Nair Reddy "
        "Rao Krishnan Banerjee Chatterjee Mehta Shah Desai Agarwal Saxena Bhatt Phadke Sathe Ranade Jadhav "
        "Pillai",
    ),
    "american": (
        "Ashley Tyler Brianna Cody Danielle Marcus Kelsey Derek Lauren Travis Monica Jordan Vanessa Trevor "
        "Erica Brandon Sabrina Caleb Heather Dustin Tamara Wesley Allison Preston Renee Gavin Kendra Elliot "
        "Paige Shane",
        "Aldridge Bishop Calloway Dawson Eastman Fletcher Garrison Hensley Holloway Jennings Kirkland Lawson "
        "Maddox Norwood Pruitt Radcliff Shelton Tillman Underhill Vaughn Weatherby Yates Booker Dupree "
        "Hargrove Landry Mosley Stokes Tolliver Winfield",
    ),
    "hispanic": (
        "Marisol Diego Lucia Andres Carmen Javier Paloma Esteban Ximena Rodrigo Valeria Hector Beatriz "
        "Ignacio Daniela Joaquin Rocio Emilio Noelia Gonzalo",
        "Arriaga Benavides Cisneros Delgado Escobedo Figueroa Galindo Hinojosa Ibarra Jurado Lozano Montoya "
        "Narvaez Ochoa Palacios Quintero Rosales Saldivar Trevino Urrutia",
    ),
    "polish": (
        "Agnieszka Marcin Katarzyna Pawel Joanna Tomasz Magdalena Krzysztof Ewa Piotr Dorota Wojciech Monika "
        "Jakub Beata Rafal",
        "Adamczyk Borkowski Czerwinski Dabek Gorski Jankowiak Kaczmarek Lisiecki Maliszewski Nowicki Olszak "
        "Pietrzak Sobczak Urbaniak Wieczorek Zawada",
    ),
    "turkish": (
        "Elif Emre Zeynep Burak Defne Kerem Selin Onur Ayse Cem Derya Murat Gizem Tolga Esra Hakan",
        "Aksoy Bulut Cetin Demirel Erdem Gunes Karaca Koc Oztas Polat Sahin Tekin Ucar Yalcin Yildirim Zorlu",
    ),
    "westafrican": (
        "Adaeze Kwame Ngozi Chidi Abena Emeka Folake Kofi Ifeoma Tunde Efua Segun Amara Yaw Chioma Babatunde",
        "Adeyemi Boateng Chukwu Danquah Eze Fashola Gyasi Igwe Kuffour Lawal Mensah Nwosu Obi Oyelaran Quaye Sarpong",
    ),
    "chinese": (
        "Wei Jing Hao Xinyi Lei Mei Jun Yan Bowen Lihua Tao Qiong Zhen Rui Siyu Feng",
        "Bai Chen Deng Fang Gao Huang Jiang Liang Luo Peng Shen Tang Xie Yuan Zhao Zhu",
    ),
    "arabic": (
        "Layla Omar Samira Tarek Noura Karim Yasmin Bilal Hiba Nabil Rania Sami Dalia Walid Mona Idris",
        "Abboud Bakri Chaoui Darwish El-Amin Farouki Ghanem Haddad Jabri Kanaan Mansour Nasser Rahmani "
        "Sabbagh Taleb Zidani",
    ),
    "nordic": (
        "Astrid Erik Ingrid Lars Freja Magnus Sofie Anders Linnea Henrik Maja Oskar Signe Rasmus Tuva Nils",
        "Ahlgren Bergqvist Dahl Ekstrom Fossum Hagen Isaksson Kjeldsen Lindholm Moberg Nygaard Ostberg Rask "
        "Sandvik Thorsen Vestergaard",
    ),
    "italian": (
        "Chiara Matteo Giulia Davide Federica Lorenzo Ilaria Riccardo Silvia Stefano Martina Fabio Elena "
        "Gianluca Serena Pietro",
        "Barbieri Caruso Donati Esposti Fabbri Galli Lombardo Marchetti Neri Orsini Pellegri Ricci Santoro "
        "Tosi Valenti Zanetti",
    ),
    "japanese": (
        "Akiko Daichi Emi Haruto Kaori Kenji Mariko Naoki Rina Satoshi Tomoko Yuji Ayumi Hiroshi Mika Ryota",
        "Aoyama Fujimori Hayashida Ishikura Kamei Kitano Matsuura Nakajo Okabe Sakamoto Shibata Takeda Uchida "
        "Wakabayashi Yokota Morikawa",
    ),
    "vietnamese": (
        "Linh Minh Thao Quang Huong Duc Trang Khanh Mai Tuan Ngoc Phuc",
        "Nguyen Tran Pham Hoang Phan Vu Dang Bui Dinh Ngo Duong Ly",
    ),
    "dutch": (
        "Sanne Joost Marieke Bram Femke Ruben Lotte Thijs Annelies Koen Esther Wouter Tess Sjoerd Mirjam Niels",
        "Bakker De-Vries Dijkstra Hoekstra Jonker Kuipers Meijer Postma Schouten Terpstra Van-Dam Van-Leeuwen "
        "Verhoeven Visser Wagenaar Zijlstra",
    ),
}
"""Culture -> (given names, family names), each a space-separated list; '-' stands for a space in a family name."""

LOCAL: dict[str, str] = {
    "DE": "german german german german turkish polish arabic nordic italian",
    "GB": "british british british british indian polish westafrican chinese arabic",
    "FR": "french french french french arabic westafrican italian vietnamese hispanic",
    "IN": "indian",
    "US": "american american american hispanic hispanic chinese vietnamese indian westafrican",
    "AT": "german german german turkish",
    "CH": "german german french italian",
    "NL": "dutch dutch dutch turkish",
    "BE": "dutch french",
    "IE": "british",
    "SE": "nordic nordic nordic arabic",
    "DK": "nordic",
    "PL": "polish",
    "CZ": "polish german",
    "IT": "italian",
    "ES": "hispanic",
    "MX": "hispanic",
    "CA": "american french chinese",
    "JP": "japanese",
    "SG": "chinese chinese indian",
}
"""Country code -> cultures of the people who work there; a repeated word weighs more."""

LOOKALIKES: dict[str, str] = {
    "Katrin": "Kathrin",
    "Stefan": "Stephan",
    "Marc": "Mark",
    "Rebecca": "Rebekah",
    "Philipp": "Philip",
    "Jessica": "Jessika",
    "Sneha": "Snehal",
    "Alice": "Alicia",
    "Erica": "Erika",
    "Allison": "Alison",
    "Julien": "Julian",
    "Lukas": "Lucas",
}
"""Given name -> a spelling that is easily taken for it; a few colleagues share a family name and differ only so."""
