"""Names for a made-up register: common ones of several communities, and how they vary.

Written independently of intake/matching/nicknames.py: some variants here are not in its groups.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Community:
    """Names of one community, the common ones first, and its share of the register."""

    name: str
    share: float
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    variants: dict[str, tuple[str, ...]]  # another spelling in Latin letters
    is_transliterated: bool = False  # its names are written by ear now and then


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _variants(text: str) -> dict[str, tuple[str, ...]]:
    """ "a/b/c d/e": each name → the others of its group."""
    groups = [tuple(group.split("/")) for group in text.split()]
    return {name: tuple(n for n in group if n != name) for group in groups for name in group}


ENGLISH = Community(
    "English",
    0.52,
    _names(
        "Olivia Amelia Emily Jessica Sophie Charlotte Sarah Emma Lucy Laura Rebecca Rachel Hannah "
        "Katherine Elizabeth Grace Ella Chloe Georgia Alice Victoria Samantha Jennifer Natalie "
        "Margaret Patricia Susan Christine Deborah Julie Karen Linda Tracey Sharon Jacqueline "
        "Amanda Nicola Claire Zoë Heather Abigail Eleanor Isabella Poppy Daisy Freya Florence "
        "Matilda Rosie Imogen Harriet Beatrice Maisie Phoebe Holly Molly Jasmine Tamsin Bethany "
        "Gemma Kirsty Stacey Leanne Donna Paula Lorraine Wendy Angela Barbara Dorothy"
    ),
    _names(
        "Oliver George Harry Jack Thomas James William Joshua Daniel Matthew Christopher Andrew "
        "Michael David Robert Richard Stephen Paul Mark Anthony Benjamin Samuel Joseph Alexander "
        "Edward Charles Luke Adam Ryan Jake Connor Nathan Liam Kieran Callum Jordan Aaron Lewis "
        "Peter John Kevin Gary Simon Philip Martin Alan Kenneth Graham Neil Stuart Ian Keith Craig "
        "Dean Lee Jason Toby Max Archie Alfie Freddie Leo Noah Jacob Theodore Rupert Hugo Barnaby "
        "Nicholas Timothy Jonathan Patrick Dominic Gregory Ronald Leonard Frederick"
    ),
    _names(
        "Smith Jones Taylor Brown Wilson Johnson Wright Walker Robinson Thompson White Hughes "
        "Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Scott Cooper "
        "Morris Ward Moore King Watson Baker Harrison Morgan Patterson Young Allen Mitchell James "
        "Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Cox Richardson Carter "
        "Collins Marshall Bailey Gray Murray Adams Stevens Fisher Barker Rogers Mills Webb Holmes "
        "Palmer Matthews Dixon Foster Chapman Hunt Knight Elliott Pearson Barnes Fletcher Gibson "
        "Howard Andrews Reynolds Ford Hamilton Armstrong Grant Fox Stone Hudson Dean Bishop Crowe "
        "Fairfax Pemberton Underhill Whitlock Ashworth Braithwaite Cartwright Dunmore Entwistle "
        "Featherstone Goodall Hargreaves Ibbotson Kershaw Longbottom Murgatroyd Ogden "
        "Postlethwaite Ramsbottom Shuttleworth Threlfall Wolstenholme Yardley O'Brien "
        "O'Connor McDonald "
        "Fitzgerald Sullivan Murphy Kelly Byrne Doyle Gallagher Doherty"
    ),
    _variants(
        "Katherine/Kate/Katie/Kathy Elizabeth/Liz/Beth/Lizzie/Betty Margaret/Maggie/Peggy "
        "Patricia/Pat/Trish Susan/Sue Christine/Chris/Tina Deborah/Debbie Jacqueline/Jackie "
        "Amanda/Mandy Nicola/Nicky Rebecca/Becky/Becca Jennifer/Jenny Samantha/Sam Victoria/Vicky "
        "Abigail/Abbie Eleanor/Ellie/Nell Isabella/Bella/Izzy Charlotte/Lottie Matilda/Tilly "
        "Harriet/Hattie Beatrice/Bea Bethany/Beth Amelia/Millie Emily/Em Natalie/Nat "
        "William/Will/Bill/Billy Robert/Rob/Bob/Bobby Richard/Rick/Dick/Richie Thomas/Tom/Tommy "
        "James/Jim/Jamie Joshua/Josh Daniel/Dan/Danny Matthew/Matt Christopher/Chris Andrew/Andy "
        "Michael/Mike/Mick David/Dave Stephen/Steve Anthony/Tony Benjamin/Ben Samuel/Sam "
        "Joseph/Joe Alexander/Alex/Sandy Edward/Ed/Ted/Eddie Charles/Charlie Nathan/Nate "
        "Philip/Phil Martin/Marty Alan/Al Kenneth/Ken Peter/Pete John/Jack/Johnny Timothy/Tim "
        "Nicholas/Nick Jonathan/Jon Patrick/Paddy Gregory/Greg Ronald/Ron Leonard/Len "
        "Frederick/Fred/Freddie Theodore/Theo Oliver/Ollie George/Georgie Jacob/Jake "
        "Smith/Smyth Clarke/Clark Stevens/Stephens Phillips/Philips Reynolds/Reynalds "
        "O'Brien/OBrien O'Connor/Connor McDonald/MacDonald Gray/Grey Elliott/Eliot Webb/Webber"
    ),
)

WELSH = Community(
    "Welsh",
    0.08,
    _names(
        "Siân Rhiannon Bronwen Angharad Nia Cerys Carys Megan Ffion Eleri Catrin Gwen Mared Elin "
        "Lowri Efa Beca Heledd Nerys Delyth Myfanwy Bethan"
    ),
    _names(
        "Dafydd Gareth Rhys Owain Huw Ieuan Gwilym Emyr Geraint Aled Iwan Dylan Llewellyn Tomos "
        "Evan Gethin Steffan Macsen Osian Idris Meirion Alun"
    ),
    _names(
        "Jones Davies Williams Evans Thomas Roberts Lewis Hughes Morgan Griffiths Edwards Owen "
        "James Price Rees Jenkins Morris Powell Lloyd Parry Pritchard Bowen Vaughan Gwynne "
        "Llewellyn Probert Bevan Prosser Pugh Howells Meredith Mathias"
    ),
    _variants(
        "Siân/Sian/Jane Rhiannon/Rhian Bronwen/Bron/Bronwyn Catrin/Cati/Catherine Megan/Meg "
        "Dafydd/David/Dai Gwilym/William/Gwil Huw/Hugh Llewellyn/Llywelyn/Llew Tomos/Thomas/Tom "
        "Ieuan/Ifan/Evan Owain/Owen Rhys/Rees Steffan/Stephen Davies/Davis Griffiths/Griffith "
        "Lloyd/Llwyd Pritchard/Prichard Howells/Howell Gwynne/Gwyn Mathias/Matthias"
    ),
)

POLISH = Community(
    "Polish",
    0.08,
    _names(
        "Agnieszka Katarzyna Małgorzata Joanna Magdalena Ewa Zofia Aleksandra Krystyna Barbara "
        "Monika Dorota Beata Justyna Iwona Wioletta Grażyna Kinga Oliwia "
        "Maja Hanna Wiktoria"
    ),
    _names(
        "Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Łukasz Grzegorz Wojciech Mateusz "
        "Zbigniew Stanisław Szymon Kacper Rafał Sławomir Bartosz Maciej Dawid Filip"
    ),
    _names(
        "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański "
        "Woźniak Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Kaczmarek Piotrowski "
        "Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowicki Majewski "
        "Stępień Malinowski Jaworski Adamczyk Dudek Górski Rutkowski Sikora Ostrowski Baran"
    ),
    _variants(
        "Agnieszka/Aga Katarzyna/Kasia Małgorzata/Gosia Joanna/Asia Magdalena/Magda Zofia/Zosia "
        "Aleksandra/Ola Krystyna/Krysia Barbara/Basia Piotr/Peter/Piotrek Krzysztof/Krzysiek/Chris "
        "Andrzej/Andrew Tomasz/Tomek/Thomas Paweł/Paul Michał/Michael Jakub/Kuba Łukasz/Lukas "
        "Grzegorz/Greg Wojciech/Wojtek Mateusz/Matthew Zbigniew/Zbyszek Bartosz/Bartek "
        "Kowalski/Kowalska Wiśniewski/Wisniewska Kamiński/Kaminska Zieliński/Zielinska"
    ),
    is_transliterated=True,
)

ARABIC = Community(
    "Arabic",
    0.08,
    _names(
        "Fatima Aisha Maryam Zainab Khadija Amina Layla Noor Salma Huda Hanan Samira Rania Yasmin "
        "Nadia Dalia Iman Asma Sumaya Ruqayya Mariam Hiba"
    ),
    _names(
        "Mohammed Ahmed Ali Omar Hassan Hussein Ibrahim Khalid Yusuf Abdullah Mustafa Mahmoud "
        "Karim "
        "Tariq Bilal Hamza Jamal Walid Samir Nasser Rashid Faisal"
    ),
    _names(
        "Ahmed Hassan Ali Mohamed Al-Sayed Ibrahim Hussein Mahmoud El-Masri Khalil Haddad Nasser "
        "Mansour Al-Rashid Saleh Othman Farouk Darwish Al-Khatib Hamdan Awad Najjar Qasim Shaheen "
        "Abdi Warsame Farah Jama Elmi Osman Noor Dahir"
    ),
    _variants(
        "Fatima/Fatimah/Fatma Aisha/Ayesha/Aysha Maryam/Mariam/Miriam Zainab/Zaynab/Zeinab "
        "Khadija/Khadijah/Kadija Amina/Aminah Layla/Leila/Laila Noor/Nour/Nur "
        "Yasmin/Yasmeen/Jasmin "
        "Ruqayya/Rukaya/Ruqayyah Mohammed/Muhammad/Mohamed/Mohammad/Mohd Ahmed/Ahmad/Ahmet "
        "Omar/Umar/Omer Hassan/Hasan Hussein/Husain/Hossein Ibrahim/Ebrahim Khalid/Khaled "
        "Yusuf/Youssef/Yousuf Abdullah/Abdallah/Abdulla Mustafa/Mostafa/Moustafa Mahmoud/Mahmud "
        "Karim/Kareem Tariq/Tarik/Tareq Walid/Waleed Rashid/Rasheed Faisal/Faysal Samira/Sameera "
        "Al-Sayed/Elsayed/Sayed Al-Rashid/Alrashid/Rashid El-Masri/Elmasry/Almasri Othman/Uthman "
        "Qasim/Kassem/Qassim Mansour/Mansur Khalil/Khaleel Al-Khatib/Khatib/Alkhateeb Saleh/Salih "
        "Osman/Usman Farah/Faarax Jama/Jaamac Warsame/Warsama"
    ),
    is_transliterated=True,
)

SOUTH_ASIAN = Community(
    "South Asian",
    0.12,
    _names(
        "Priya Anjali Sunita Kavita Meera Pooja Neha Shreya Harpreet Jasleen Simran Manpreet "
        "Ayesha "
        "Sana Zara Nasreen Parveen Shabana Rukhsana Farzana Nusrat Tahmina Shazia Lakshmi"
    ),
    _names(
        "Raj Amit Sanjay Vikram Arjun Rohan Sandeep Harjit Gurpreet Manjit Balwinder Imran Usman "
        "Asif Zeeshan Faisal Shahid Nadeem Rehan Sohail Rahul Suresh Mohammed Abdul"
    ),
    _names(
        "Patel Singh Kaur Khan Ahmed Hussain Begum Shah Sharma Ali Malik Iqbal Chaudhry Akhtar "
        "Hussein Miah Rahman Islam Gupta Kumar Mehta Desai Joshi Bhatt Gill Sandhu Dhillon Bains "
        "Sidhu Qureshi Siddiqui Mirza Butt Bhatti Rana Uddin Chowdhury Das Roy Banerjee "
        "Mukherjee Nair Menon Iyer Reddy Rao Fernando Perera"
    ),
    _variants(
        "Priya/Pria Pooja/Puja Neha/Nehha Harpreet/Harprit Manpreet/Manprit Ayesha/Aisha Zara/Sara "
        "Nasreen/Nasrin Parveen/Parvin Rukhsana/Ruksana Tahmina/Tehmina Lakshmi/Laxmi "
        "Sunita/Suneeta "
        "Raj/Rajesh Vikram/Vik Sandeep/Sandip Gurpreet/Gurprit Usman/Osman Mohammed/Muhammad/Md "
        "Zeeshan/Zishan Sohail/Suhail Nadeem/Nadim Abdul/Abdool Hussain/Husain/Hossain "
        "Chaudhry/Choudhury/Chaudhary Chowdhury/Choudhury Qureshi/Kureshi/Quraishi Rahman/Rehman "
        "Siddiqui/Siddiqi/Sidiqui Miah/Mia/Miya Malik/Malick Iqbal/Ikbal Akhtar/Akther/Akhter "
        "Banerjee/Banerji Mukherjee/Mukerji Bhatt/Bhat Dhillon/Dillon Uddin/Udin"
    ),
    is_transliterated=True,
)

CHINESE = Community(
    "Chinese",
    0.04,
    _names(
        "Wei Xiaoling Mei Li Yan Xiu Jing Ying Fang Hui Xiaomei Lihua Yuting Siu-Ling Wai-Yee "
        "Ka-Yan Hoi-Ching"
    ),
    _names(
        "Wei Jun Ming Hao Feng Jian Lei Tao Bo Xiaoming Zhiwei Guoqiang Chi-Wai Ka-Ho Kwok-Wah "
        "Siu-Ming Wing-Kin"
    ),
    _names(
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Cheung "
        "Wong Chan Lau Leung Ng Tsang Ho Yeung Kwok"
    ),
    _variants(
        "Xiaoling/Xiao-Ling Xiaomei/Xiao-Mei Xiaoming/Xiao-Ming Siu-Ling/Siuling Wai-Yee/Waiyi "
        "Ka-Yan/Kayan Chi-Wai/Chiwai Ka-Ho/Kaho Kwok-Wah/Kwokwah Siu-Ming/Siuming "
        "Zhang/Chang/Cheung "
        "Wang/Wong Chen/Chan Liu/Lau Xu/Hsu Zhou/Chou Zhao/Chao Huang/Hwang Guo/Kuo Tsang/Tseng"
    ),
)

AFRICAN = Community(
    "African",
    0.08,
    _names(
        "Chioma Ngozi Adaeze Amara Ifeoma Folake Titilayo Abimbola Oluwaseun Temitope Ama Abena "
        "Akosua Efua Nana Wanjiru Akinyi Njeri Thandiwe Nomvula Tendai Chipo Blessing Mercy"
    ),
    _names(
        "Chukwuemeka Emeka Obinna Ikenna Tunde Babatunde Oluwaseun Olufemi Kwame Kofi Kwabena Yaw "
        "Kamau Otieno Mwangi Sipho Thabo Tapiwa Tendai Emmanuel Samuel Ibrahim Sekou Amadou"
    ),
    _names(
        "Okafor Okonkwo Adeyemi Adebayo Eze Nwosu Obi Balogun Ogunleye Afolabi Mensah Owusu "
        "Boateng "
        "Asante Osei Appiah Kamara Sesay Conteh Bangura Mwangi Kamau Otieno Odhiambo Ncube Moyo "
        "Sibanda Dlamini Nkosi Diallo Traoré Keita Okoro Chukwu Nnamdi Abubakar Bello"
    ),
    _variants(
        "Chukwuemeka/Emeka Babatunde/Tunde Oluwaseun/Seun Olufemi/Femi Temitope/Tope "
        "Abimbola/Bimbo "
        "Titilayo/Titi Ifeoma/Ify Emmanuel/Emma/Manny Samuel/Sam Adeyemi/Ade-Yemi Okonkwo/Okwonko "
        "Ogunleye/Ogunlaye Diallo/Jallow Traoré/Traore Kamara/Camara Abubakar/Abubaker Keita/Keyta "
        "Odhiambo/Odiambo Otieno/Otyeno Boateng/Boating"
    ),
    is_transliterated=True,
)

COMMUNITIES = (ENGLISH, WELSH, POLISH, ARABIC, SOUTH_ASIAN, CHINESE, AFRICAN)
