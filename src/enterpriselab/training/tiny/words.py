"""Word lists of the tiny model's corpus and tokenizer. Words only: no tool, task or app of this project stands here.

`OFFICE` are general English and office words: they feed the tokenizer and the free text of the corpus (titles, notes,
field values), so that their embeddings are trained. Tool names and entity names of the corpus come from `THINGS` and
from invented words, never from `OFFICE`.
"""

from __future__ import annotations

THINGS = """
acorn anchor antenna apron arch arrow atlas attic badge bagel balloon banjo barn barrel basin basket beacon bead
beaver beetle bell bench berry bicycle birch bird biscuit blanket blossom boat bonnet boot bottle boulder bouquet bowl
bracelet branch bridge broom brush bucket bulb butterfly button cabin cactus cake camel camera candle canoe canyon
cape caravan carpet carrot castle cave cellar cello chapel cherry chimney circus clarinet cliff clock cloud clover
coat cobra comet compass copper coral cottage crab crane crater crayon creek crown crystal cupboard curtain daisy dam
desert diamond dolphin donkey dragon drawer drum duck eagle easel echo engine falcon fan feather fern ferry fiddle
field flag flame flask flute forest fossil fountain fox frame frog garden garlic gate gem ginger giraffe glacier glove
goat gondola goose grape gravel guitar hammer hammock harbor harp hat hawk hazel hedge helmet herb heron hill hive
honey hoof horn horse igloo island ivy jacket jar jasmine jewel kayak kettle kite kitten koala ladder lagoon lake lamp
lantern lemon leopard lighthouse lily lion lizard llama locket loom lotus magnet mango mansion maple marble market
mask meadow melon mill mine mirror moon moss moth motor mountain museum mushroom needle nest oak oasis ocean olive
onion orange orbit orchard orchid organ otter oven owl paddle painting palace palm panda parrot peach peak pear pearl
pebble pelican pepper piano pigeon pillow pine pirate planet plant plum pocket pond pony poppy potato pumpkin puppet
puzzle pyramid quilt rabbit raft rain rainbow raven recipe reef ribbon river robin robot rocket rope rose ruby rug
saddle sail salmon sandal satellite saxophone scarf sculpture seal seed shark shed sheep shell ship shoe shovel silver
skate sled slipper snail snake sofa song sparrow spider spoon spring squirrel stable star statue stone stool storm
stove straw stream sugar swan sword tapestry teapot telescope temple tent thimble tiger toad tomato torch tower toy
trail train trumpet tulip tunnel turtle umbrella valley vase vessel village vine violin volcano voyage wagon walnut
wand waterfall well whale wheat wheel whistle willow windmill window wolf wool yacht zebra zeppelin
""".split()

OFFICE = """
about above accept accepted access account accounting action active activity actual add added address admin after
again agenda agent agreement all allocate allocation allow amount analysis and annual answer any app applicant
application apply approval approve approved approver april archive archived area are article asked assessment asset
assign assigned assignee assignment assistant attach attachment attempt attendance attendee attendees audit august
author auto available balance bank base batch because before begin benefit best billing blocked board body book
booking branch brief budget build bug business but buy calendar call campaign can cancel cancelled candidate capacity
card case cash casual category center change changed channel charge chart chat check city claim class client close
closed code collection color comment comments commit committee company complete completed compliance component
conference confirm confirmed consultant contact content contract copy cost count country coverage create created
creation credit critical currency current customer daily dashboard data database date day days deal debit december
decision default defect delay delete deleted deliver delivery demand demo department deploy deployment description
design designation desk detail details develop developer device diff directory disabled discount discussion display
division document documents does domain done down draft due duration each earned edit editor email employee employees
empty enable enabled end engineer engineering english enter enterprise entry environment error escalate escalated
escalation estimate euro event events every exact example exception expense expenses expired export external
facilities failed false family feature february feedback field fields file files filter final finance financial find
first fix flight folder follow for format forward found free friday from full function fund general get given goal
grade grant group growth guest guide half handbook has have head health help here high hire hired history holiday home
hotel hour hours house how human impact import important in inactive inbox incident include index info information
initial inquiry insurance integration interest internal interview into inventory invite invoice invoices is issue
issues item items january job join joining july june key kind knowledge label labels language large last late launch
lead leads leave legal length less letter level license like limit line link linked list local location lock locked
log login long low machine mail mailbox main maintenance major make manage manager manual march mark marketing match
max may medium meeting member members memo menu merge merged message messages method metric migration milestone minor
minute minutes missing mobile mode model module monday month monthly more move must name need needed network new news
next no none not note notes notice notification november now null number object october of off offer office official
old on onboarding one online only open opened operation operations opportunity option or order orders org organization
other our out outage over overdue owner package page paid parent part partial participant partner party password past
path patch pay payable payment payroll pending people per percent performance period permission person personal phase
phone pipeline place plan planned please point policy portal position post postal price print priority private problem
process procurement product production profile progress project promotion proposal provider public publish published
purchase purpose quality quantity quarter quarterly query question queue quick quote range rate rating read ready
reason receipt receive received recent record recruiter recruitment reference refund region register reject rejected
related release reminder remote remove rename renew renewal reopen repeat reply report repository request requested
requester required research reserve reset resolution resolve resolved resource response result results resume return
returned review reviewer risk role room root route row rule run salary sale sales same sandbox saturday save schedule
scheduled scope score search second section security select send sender sent september sequence serial server service
session set settings severity share shared sheet shift ship shipment shipped should show sick site size skill skills
slot small software source space spam special sprint staff stage standard start started state status step stock stop
storage store street string sub subject submit submitted subscription subtask success summary sunday supplier support
survey suspended sync system table tag tags target task tasks tax team teams template term terminate test text than
thanks that the their them then there they this thread three thursday ticket tickets time timeline title to today
together token tool total track training transaction transfer transit transport travel trigger true tuesday two type
unit unread until up update updated upload urgent url use used user username users vacation valid value vendor
verified version via video view visible visit wait warehouse warning was web website wednesday week weekly weekend
were what when where which who why wiki will window with without work workflow working workspace write wrong year
yearly yes you your zone
""".split()

COMMON = """
able across actually afternoon again age ago ahead almost alone along already although always among amount another
anyone anything appear arrive ask aside attention away awake background bad balance basic bear beat beautiful become
behind believe belong beside better beyond big birth bit black blue bottom break breakfast bright bring broken brother
brown buyer cannot careful carry catch cause certain chair chance character charge children choice choose circle clean
clear clearly climb cold coming condition consider contain continue control cook cool corner correct could couple
course cover cross crowd cut dark dear deep depend detail die difference different difficult dinner direction discover
distance doctor door double dream dress drink drive driver dry during early earth easily east easy eat edge effect
effort eight either eleven else enough equal especially even evening ever everyone everything evidence exactly except
excited expect experience explain express eye face fact fair fall familiar famous far farm fast father fear feel feet
felt few fight figure fill finally fine finger finish finished fish fit five floor fly food foot force foreign forget
forty forward four fourth freedom frequent fresh friend front fruit further future game general gentle girl glad glass
gold gone good grass gray great green ground grow guess guide hair half hand hands hang happen happy hard hardly hear
heard heart heat heavy held hello helpful herself hide himself hold hope hot however huge hundred hungry idea imagine
increase indeed inside instead instruction introduce invitation itself job journey jump just keep kept kitchen knew
know known lady land laugh law lay learn least leaving left lesson let lie life lift light likely lively long look
looking loose lose lost lot loud love lovely luck lunch made many material matter maybe mean meaning measure meet
memory men middle might mind mistake mix moment money more morning most mother mouth much music myself nature near
nearly neck neither never nice night nine nobody noise north nose notice often oil old once onto ordinary otherwise
outside own pair pale paper parents partly pass pattern pen perfect perhaps pick picture piece pieces pink play player
pleasant please pleased pocket poor possible pound power practice prepare present press pretty prevent promise proper
proud prove pull push put quarter quick quickly quiet quite race raise rather reach real really red remain remember
rest rich ride right ring rise roll roof rough round safe said saw say saying sea season seat see seem seen self sense
sentence separate serious seven several shall shape sharp shine shoe shop short shot shoulder shout shut side sight
sign silent simple simply since sing sister sit six skin sky sleep slow slowly smell smile smooth snow soft soil
somebody someone something sometimes soon sorry sort sound south speak speed spell spend split spot spread square stand
starting statement stay steel step still stomach strange strong study such sudden sugar suggest suit sum summer supply
suppose sure surface surprise sweet swim symbol take taken talk tall taste teach teacher tell ten themselves therefore
thick thin thing things think third thirty though thought thousand through throw tie tight tired tone tonight top touch
toward town trade tree trip trouble try turn twelve twenty twice uncle understand upon usual usually vast very voice
walk wall want warm wash watch water weak wear weather weight welcome went west wet whatever whether white whole wide
wife wild win wind wing winter wish within woman women wonder wood word words world worry worse worst worth wrap yard
yellow yesterday yet younger yourself
""".split()

GLUE_WORDS = """
system user assistant tool tools call calls name arguments error kind message not_found invalid forbidden conflict
rate_limited timeout items total id ids next previous page index.html xlsx docx pdf txt csv png json http https www
com org net example com de io co mon tue wed thu fri sat sun utc eur usd gbp am pm int num bool list obj str
""".split()

FIRST = """
Nadia Tomas Leila Bruno Ingrid Mateo Priya Oskar Yuki Hana Felix Amara Dario Elena Farid Greta Hugo Irene Jonas Katja
Liam Marta Nils Olga Pablo Quinn Rosa Stefan Tara Ulla Viktor Wanda Xenia Yusuf Zora Anna Bela Carla David Emma Frida
Georg Helen Ivan Julia Karim Laura Marco Nora Omar Petra Rafael Sofia Theo Uma Vera Walter Amir Chen Diego Fatima Kofi
Lucas Maria Noah Olivia Peter Sara Samuel Daniel Grace James Linda Michael Susan Thomas Paul Mark Alice Robert Clara
""".split()

LAST = """
Weiss Moreno Haddad Keller Lindqvist Okafor Tanaka Rossi Novak Silva Fischer Dubois Jensen Kowalski Marin Nguyen
Petrov Quist Rahman Santos Torres Ueda Vogel Wagner Xu Yilmaz Zimmer Adler Brandt Costa Diallo Ekberg Ferrari Garcia
Hansen Ito Jung Klein Larsen Meyer Nakamura Olsen Park Reyes Schmidt Turner Urban Varga Wolf Young Ziegler Ahmed Baker
Cohen Davies Evans Foster Gupta Hughes Iyer Johnson Khan Lopez Martin Nelson Ortiz Patel Rivera Singh Taylor Walker
Wright Smith Brown
""".split()

SYLLABLES = """
ba be bi bo bu da de di do du fa fe fi fo ga ge gi go gu ha he hi ho ja jo ka ke ki ko ku la le li lo lu ma me mi mo
mu na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi za ze zi zo zu bran
clor dram frel gron plin quor stal tren vorn zelk mund perl sorv tand wint
""".split()
