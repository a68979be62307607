"""Other forms of a first name: short ones, pet names, and the same name in other languages."""

from collections import defaultdict

#: One group a line, its usual full form first. A name may be in several: Alex, Chris, Sam.
GROUPS = """
abdullah abdallah abdulah abdalla
abigail abi abbie abby gail
adam adham
adrian ade
agnieszka aga agnes
ahmed ahmad ahmet achmed ahmmed
aisha ayesha aysha aisheh aishah ayse
alan al allan allen
albert bert bertie al
aleksandra ola olka alexandra sandra
alexander alex al alec sandy xander sasha lex alasdair alistair alastair ali olek aleksander
alexandra alex alexa lexi sandra sandie sasha
alfred alf alfie fred
alice ali ally alys
alison ali allie alisoun
amanda mandy mands
amelia millie milly amy mia
amina aminah aamina
andrew andy drew andrzej andreas andre
angela angie ange
anna ania anka ann anne annie hannah
anne ann annie nan nancy anna anita
anthony tony ant anton antoni antonio
arthur art artie
barbara barb babs basia
barnaby barney
bartholomew bart bartosz bartek
benjamin ben benny benji binyamin
bernard bernie
beverley bev
bogdan boguslaw
bridget bridie biddy brigid brid
bronwen bron bronwyn
cameron cam
carol carole caz
caroline carrie caro carolyn
catherine cath cathy kate katie katy kathryn katherine kathy kat kay cat kit kitty catrin katarzyna
catrin cati catherine
charles charlie chas chuck karol
charlotte charlie lottie lotty char
chidi chidiebere chidiebube
chinonso nonso
chinyere chi
christina chris chrissie tina christine krystyna
christine chris chrissie tina christina
christopher chris kit topher kris krzysztof
clifford cliff
colin col
constance connie
cynthia cindy
daniel dan danny danyal daniyal
daniela dani danielle
david dave davey davy dai dafydd dawid dewi taffy daud dawud
deborah deb debbie debs debra
dennis den denny
derek del
dominic dom nick dominik
donald don donnie
dorothy dot dottie dolly dora
douglas doug dougie
edward ed eddie ned ted teddy edek iorwerth
edwin ed eddie
eileen ellie eily
eleanor ellie nell nellie elle lena nora elinor ellen
elizabeth liz lizzie beth betty bess libby eliza elsie lisa liza betsy elspeth ela
elizabeth elisabeth elzbieta
ellen nell nellie ellie
emily em emmy millie
emma em ems
ewa eva
eugene gene
evelyn evie eve
fatima fatimah fatema fatma faatima
florence flo florrie flossie
frances fran francesca fanny frankie
francis frank frankie franciszek fran
frederick fred freddie freddy rick fryderyk
gabriel gabe
gabrielle gabby gabi
gareth gaz gary
geoffrey geoff jeff jeffrey
george georgie jerzy yuri sior
georgina georgie gina georgia
gerald gerry jerry ged
gerard ged gerry
gillian gill jill gilly
glenys glen
grace gracie
grzegorz gregory greg
gregory greg
gwendoline gwen wendy gwendolen
gwilym will bill william
hannah hanna han
hanna hania
harold harry hal
harriet hattie harri
hassan hasan
helen nell ellie nellie elen helena
henry harry hal hank hari henryk
hugh huw hughie
hussain hussein husain hossain hussien husayn
ibrahim ebrahim abraham ibraheem
iqbal ikbal
irene renie
isaac ishaq zack ike
isabel izzy bella isobel issy isabella belle
ismail ismael ishmael esmail
jacob jake jakub kuba yaqub yakub
jacqueline jackie jacqui
jadwiga jadzia
james jim jimmy jamie jem jimmie iago seamus hamish
jan janek john janusz
janet jan jenny
janice jan
jasmine yasmin jas jasmin yasmeen
jean jeannie
jennifer jen jenny jenni
jeremy jerry jem jez
jessica jess jessie
joanna jo joanne joasia asia
joanne jo jo joanna annie
john johnny jack jon ian sean shaun ioan ieuan evan sion jonny johnnie
jonathan jon jonny jonty johnathan jonathon
joseph joe joey jos jozef yusuf josef
josephine jo josie
joshua josh
joyce joy
judith judy jude
julia julie jules
katarzyna kasia catherine
kazimierz kazik
kenneth ken kenny
kevin kev
khadija khadijah khadeeja kadija
khalid khaled
kimberley kim kimmy
kirsten kirsty
krystyna krysia
laura laurie
lawrence larry laurie laurence lorenzo
leonard len lenny leo
leslie les
lewis lew louis
lilian lily lil lillian
linda lin lyn lynda
llewellyn llew lyn
louis lou louie
louise lou lulu
lucy lu luce
lukasz luke lucas
maciej maciek matthew
madeleine maddie maddy madeline
malgorzata gosia margaret
mahmoud mahmud mehmood mahmood
margaret maggie meg peg peggy marge margie rita greta mags daisy mared marged megan
maria marysia mary marie mariah
marjorie marge margie
mark marek markus marc
martin marty marcin
mary molly polly mamie may mair maire maureen moira maryam mariam
maryam mariam miriam meryem maryum
mateusz matthew
matilda tilly tilda mattie
matthew matt mattie mat
maureen mo
maurice mo morris
maxwell max
maximilian max
megan meg meggie
mehmet muhammad mohammed
melanie mel
melissa mel lissa
mercy mercie
michael mike mick mickey micky michal mikey mihangel micheal
michelle shell shelly chelle
mohammed muhammad mohamed mohammad muhammed mohamad mohamud muhamed mo md mohd mahamed mohamet
morgan mog
mustafa mostafa mustapha moustafa
nadia nadiya nadja
nancy nan
natalie nat natalia natasha
natasha tash tasha natalia
nathan nat nate nathaniel
nathaniel nat nate nathan
nicholas nick nicky nico klaus mikolaj nicolas
nicola nicky nikki
norman norm
nur noor nour
oladipo dipo
olivia liv livvy ollie
oliver ollie olly
oluwaseun seun
olufemi femi
oluwatobi tobi
oluwadamilola dami damilola
oluwatosin tosin
omar umar omer umer
osman usman uthman othman
owen owain
pamela pam
parveen parvin perveen
patricia pat patsy trish tricia trisha paddy
patrick pat paddy rick padraig patryk
pauline paula
pawel paul
peter pete piotr petr pedr
penelope penny pen
philip phil pip phillip
piotr piotrek peter
priscilla cilla
rachel rach rae rachael
rahman rehman
rajesh raj
rajinder raj
rebecca becky bex becca beckie rebekah
rashid rasheed
reginald reg reggie
rhiannon rhi
richard rick ricky dick rich richie ryszard
robert rob bob bobby robbie bert rab robin
roderick rod roddy rhodri
roger rodge
roland roly
ronald ron ronnie
rosemary rose rosie
rosalind ros
ruqayya rukaya ruqayyah rokaya
russell russ
ruth ruthie
samantha sam sammy
samira sameera
samuel sam sammy
sandeep sandip
sandra sandie sandy
sarah sally sara sadie zara
satnam satti
sebastian seb
sharon shaz
sheila shelagh
shirley shirl
sian jane sharn
sidney sid
sophia sophie sofia zofia
sophie soph sophia
stanislaw staszek stan
stanley stan
stephanie steph stevie
stephen steve stevie steven stefan steffan
stuart stu stewart
sunita sunny
susan sue susie suzie suzanne susannah
suzanne sue suzy
sylvia syl
syed sayed sayyid said saeed sayeed
tamsin tammy
temitope temi tope
terence terry tel terrance
teresa terry tess tessa theresa tracy
thomas tom tommy tomos tomasz twm
timothy tim timmy
tomasz tomek
toby tobias
tracey tracy trace
ursula ulla
valerie val
vanessa nessa
veronica ronnie nica
victor vic wiktor
victoria vicky vikki tori vic
vincent vince vinnie
violet vi
virginia ginny
vivian viv
walter wally walt wat
wendy wen
wilfred wilf
william will bill billy willy liam wil gwilym willie wills
winifred winnie fred freda
wojciech wojtek
youssef yusuf yousef yousuf joseph youssouf
yahya yehia
yaqub yakub yaqoob jacob
zachary zach zac zak zack
zainab zaynab zeinab zeynep
zbigniew zbyszek
zofia zosia sophie
"""


def _groups_of() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(GROUPS.split("\n")):
        for name in line.split():
            found[name].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


GROUPS_OF = _groups_of()
FULL_FORMS = tuple(line.partition(" ")[0] for line in GROUPS.split("\n"))
NONE: frozenset[int] = frozenset()


def are_variants(one: str, two: str) -> bool:
    """Whether both names are forms of one: "bill" and "william", "mohamed" and "muhammad"."""
    return not GROUPS_OF.get(one, NONE).isdisjoint(GROUPS_OF.get(two, NONE))


def full_forms(name: str) -> tuple[str, ...]:
    """The full forms that a name may stand for, itself if it is none of any."""
    return tuple(sorted(FULL_FORMS[group] for group in GROUPS_OF.get(name, NONE))) or (name,)
