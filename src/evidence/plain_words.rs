//! Words that are no reason for a verdict, by class. A model may learn from them, but a person would not name them as
//! reasons.

/// How much a word is worth as a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// No phrase begins or ends with it.
    Nothing,
    /// Only the second word of a phrase, after a word that is a reason on its own.
    Second,
    /// Only the first word of a phrase, before a word that is a reason on its own.
    First,
    /// Either word of a phrase, if the other is a reason on its own.
    Little,
    /// A reason on its own.
    Something,
}

impl Worth {
    /// All in order.
    pub(super) const ALL: [Self; 5] =
        [Self::Nothing, Self::Second, Self::First, Self::Little, Self::Something];
}

/// The classes: the worth of their words, and the words. Words in -ly and words with digits need no entry.
pub(super) const CLASSES: [(Worth, &str); 27] = [
    (Worth::Nothing, NUMERALS),
    (Worth::Nothing, PRONOUNS),
    (Worth::Nothing, DETERMINERS),
    (Worth::Nothing, PREPOSITIONS),
    (Worth::Nothing, CONJUNCTIONS),
    (Worth::Nothing, AUXILIARIES),
    (Worth::Nothing, ADVERBS),
    (Worth::Nothing, TIMES),
    (Worth::Nothing, PREFIXES),
    (Worth::Nothing, APPLYING),
    (Worth::Nothing, EDUCATION),
    (Worth::Nothing, PAY),
    (Worth::Nothing, EQUALITY),
    (Worth::Nothing, BLURB),
    (Worth::Nothing, PLACE),
    (Worth::Nothing, CONTACT),
    (Worth::Nothing, ADJECTIVES),
    (Worth::Nothing, VERBS),
    (Worth::Nothing, SENIORITY),
    (Worth::Nothing, TRAITS),
    (Worth::Nothing, NOUNS),
    (Worth::Second, SECOND_NOUNS),
    (Worth::Second, SECOND_PARTS),
    (Worth::Little, COMPANY),
    (Worth::Little, WORK),
    (Worth::First, ACTIONS),
    (Worth::Little, QUALITIES),
];

const NUMERALS: &str = "amount amounts approx billion billions bunch countless couple couples \
    double doubled doubling dozen dozens eight eighteen eighty eleven few fewer fifteen fifth \
    fifty first five forty four fourteen fourth half hundred hundreds ii iii iv least less lot \
    lots many max maximum million millions min minimal minimum more most much multiple nine \
    nineteen ninety number numbers numerous once one pair percent percentage plenty quarter second \
    seven seventeen seventy several single six sixteen sixth sixty size sized sizes ten tenth \
    third thirteen thirty thousand thousands three tons total trillion trillions triple twelve \
    twenty twice two various vi x y zero";

const PRONOUNS: &str = "another anybody anyone anything else everybody everyone everything he her \
    hers herself him himself his i its itself me mine my myself nobody none nothing ones other \
    others our ours ourselves self she somebody someone something that their theirs them \
    themselves these they this those us we what whatever which who whom whose you your yours \
    yourself yourselves";

const DETERMINERS: &str = "a all an any both certain each either enough every neither no own same \
    some such the";

const PREPOSITIONS: &str = "about above accordance according across after against ahead along \
    alongside amid among amongst around as at before behalf behind below beneath beside besides \
    between beyond by concerning conjunction depending despite down due during except excluding \
    for from in including inside into lieu like minus near of off on onto opposite out outside \
    over past per plus regarding regardless regards since than through throughout till to together \
    toward towards under underneath unlike until up upon upwards versus via vs with within \
    without";

const CONJUNCTIONS: &str = "aka although and because but eg etc hence here how however ie if incl \
    nor or otherwise so then there thereby therefore though thus unless when whenever where \
    whereas wherever whether while whilst why yet";

const AUXILIARIES: &str = "am are aren be became become becomes becoming been being came can \
    cannot come comes coming could did didn do does doesn doing don done get gets getting go goes \
    going gone got had has hasn have haven having is isn let lets may might must need needed \
    needing seem seems shall should want wanted wanting wants was went were will won would";

const ADVERBS: &str = "abreast abroad again ago almost alone already also altogether always \
    anytime anyway anywhere apart aside away back better even ever everywhere far farther faster \
    forth forward forwards further furthermore hereby indeed instead just later likewise maybe \
    meanwhile moreover never next not now nowadays often only overall perhaps please quite rather \
    seldom sometimes somewhere soon sooner still straight today tomorrow tonight too upfront very \
    well worldwide yes yesterday";

const TIMES: &str = "afternoon annual annum apr april aug august autumn century daily date dates \
    day days deadline deadlines dec decade decades december duration era evening evenings feb \
    february friday fridays hour hours hr hrs jan january jul jun june mar march mins minute \
    minutes moment moments monday mondays month monthly months morning mornings night nights noon \
    nov november oct october overnight period periodic periods quarterly rota rotation rotations \
    saturday saturdays season seasonal sep sept september shift shifts summer sunday sundays \
    thursday time times timezone timezones tuesday wednesday week weekday weekdays weekend \
    weekends weekly weeks winter year yearly years yr yrs";

/// Pieces of words with hyphens, and letters that stand alone.
const PREFIXES: &str = "ad anti b bi circa co d de e en et ex f g h ha hoc hyper inter intra j k l \
    la las le los m micro mid multi n nd non o ok p pa ph post pre pro q quo rata rd re s semi st \
    sub super t th tri u ultra un uni v w z";

const APPLYING: &str = "advert advertised apologise applicant applicants applies applying \
    appointed appointment arisen attach attached attaching await box candidacy candidate \
    candidates clearance click clicking cv cvs described eligibility eligible employ employed \
    employer employers employing employs fractional freelance fulltime hesitate hire hired hires \
    hiring incumbent incumbents internship internships interviewing join joined joining joins \
    listed listing listings matches notice onboarded opening openings permanent pin posted posting \
    postings probation probationary reach reached reaches recruit recruiter recruiters recruiting \
    recruitment recruits referral referrals relocate relocating relocation requisition \
    requisitions resume resumes selected selection send sending sends sent shortlisted spam \
    sponsorship stated submission submissions submit submits submitted submitting temporary tick \
    title titles traineeship unpaid unsolicited vacancies vacancy visa visas vitae volunteer \
    volunteering volunteers";

const EDUCATION: &str = "accreditation accredited accrediting alumni baccalaureate bachelor \
    bachelors boot bootcamp camp certificate certificates college colleges coursework credential \
    credentials credits degree degrees designation diploma discipline disciplines doctorate \
    educational equivalency equivalent exam exams experienced fluency fluent gpa graduate \
    graduated graduates graduating graduation induction ivy licence license licensed literate \
    major majors master masters phd qualification qualifications qualified qualify qualifying \
    satisfactory semester substituted transcripts tuition undergraduate universities university \
    verbal";

const PAY: &str = "allowance allowances benefit benefits birthday bonus bonuses childcare \
    commensurate commission commissions commutable commute commuting compensated compensation \
    dependent dependents discount discounted discounts dollar dollars drinks earn earned earning \
    earnings eur euro euros flex flexibility flexible gbp generous gym holiday holidays incentive \
    incentives insurance laptop leave leaves lunch lunches maternity mileage negotiable offsite \
    offsites ote overtime package packages paid parental parking paternity pay payable paying pays \
    pension pensions perk perks pounds pto reimbursement reimbursements remuneration retirement \
    retreats reward rewarded rewarding rewards salaried salaries salary scheme schemes snack \
    snacks stipend stipends tenure usd vacation vacations voluntary wage wages wellbeing \
    wellness";

const EQUALITY: &str = "accommodate accommodation accommodations affirmative age ages ancestry \
    arrest background backgrounds bargaining belong belonging belongs childbirth citizenship color \
    colour condition conditions conviction convictions creed criminal disabilities disability \
    disabled discriminate discrimination discriminatory disqualification diverse diversity equal \
    equality equitable equity ethnic ethnicity gay gender genders genetic genetics harassment \
    identities identity inclusion inclusive inclusiveness inclusivity lawful lesbian marital \
    military minorities minority nationalities nationality orientation origin political pregnancy \
    privilege privileges prohibited prohibits protected race races racial religion religious sex \
    sexual status transgender underrepresented unlawful unrelated veteran veterans";

const BLURB: &str = "acclaimed accolades adventure amazing ambition ambitions ambitious angels \
    appetite atmosphere attitude award awarded awarding awards awesome backed bleeding bold \
    bootstrapped boundaries bright brighter brightest brilliant builder builders bureaucracy \
    career careers colleague colleagues congratulations coworkers cutting disrupt disrupting \
    disruption disruptions disruptive dog dream dreams ego egos energetic energized energy \
    enthusiasm enthusiast enthusiastic enthusiasts excellence excite excited excitement excites \
    exciting extraordinary fantastic fastest forefront founded founders friendly frontier \
    fulfilling fun future futures globe grow growing grown grows habits happier happiest happiness \
    happy heart hearts hello hi humble humility humor humour hunger hungry hypergrowth inspiration \
    inspire inspired inspires inspiring invested investors kids lasting leading love loved loves \
    loving magic magical mission missions multicultural nation opportunities opportunity passion \
    passionate passions personalities personality pets pioneer pioneered pioneering pioneers \
    planet polish premier prestigious pride proud raised raising reason reasons recognised \
    recognises recognized recognizes reimagine reimagining reinvent reinventing remarkable \
    renowned reputable reputation revolution revolutionary revolutionize revolutionizing rocket \
    seed seeded spirit startup startups stealth stellar succeed success successes successful \
    superb supportive talented teammate teammates thank thanks thrive thrives thriving \
    trailblazing unicorn unleash unlock unlocking unlocks unmatched unparalleled unprecedented \
    unrivaled vibe vibes vibrant welcome welcomed welcomes welcoming";

const PLACE: &str = "apac area areas based citywide continent continents countries country \
    distance downtown east elsewhere emea eu geographic geographical geographies global \
    headquartered headquarters hybrid located location locations metro metropolitan nationwide \
    nearby north onsite overseas region regional regions remote rural silicon south statewide \
    surrounding travel traveling travelling trips uk usa valley west zone zones";

const CONTACT: &str = "address call called calling calls com contact contacted contacting contacts \
    dot email emails enquiries face fax http https info information inquiries link linked links \
    mail mailto meet meeting meetings meets met online page pages phone subject tel telephone \
    visit visiting visits website websites www zoom";

const ADJECTIVES: &str = "able accountable actual acute adaptable additional adept adequate \
    advanced advantage advantageous affordable aforementioned alike alive alternate alternative \
    ambiguous appealing applicable appropriate approved attractive authentic available bad bare \
    basic beautiful beneficial best big bigger biggest broad broader busy capable careful centric \
    challenging changing cheap cheaper clear clever close closed closer cold collaborative \
    comfortable commitment committed common comparable compelling competent complicated concrete \
    conditional confident considerable constant constructive contemporary continual cool courteous \
    crazy crucial curiosity curious current dead dedicated dedication deep deeper deepest \
    delighted delightful demonstrable demonstrated desirable desired detailed different difficult \
    diligent diplomatic driven dual dynamic eager earlier earliest early easier easiest easy \
    effective efficient elegant elite emerging enjoyable enormous entire entrepreneurial essential \
    established evolving exact excellent exceptional expensive extensive extra facing fair fast \
    feasible final fine flawless focus focused focussed following formal former fresh full fuller \
    fullest genuine glad gold good great hands hard harder hardest heavy helpful high higher \
    highest holistic honest hot huge iconic ideal immediate immense impactful impeccable important \
    incredible individual individualised individualized individuals informal initial innovative \
    intelligent intense interesting intermediate invaluable keen key kind large larger largest \
    last late latest light limited long longer longest low lower lowest main massive meaningful \
    medium memorable mere messy minded minor modern motivated mutual necessary negative new newer \
    newest nice nimble normal notable old older oldest ongoing open orientated oriented \
    outstanding paced particular passive perfect permitted personalised personalized persuasive \
    pleasant polite poor positive possible powerful practical prefer preferable preferred premium \
    previous prior proactive professional prominent proof proven punctual quick rapid rare raw \
    ready real recent regular related relevant reliable remaining required requires resourceful \
    respectful responsible right rigorous robust savvy scrappy seamless short shorter significant \
    similar simple simpler simplest slow slower small smaller smallest smart smarter sociable soft \
    solid sophisticated special specialised specialized specific strong stronger strongest \
    stunning subsequent substantial sufficient suitable suited superior sure tangible thorough \
    tight top tough toughest traditional transparent tremendous true trusted trustworthy typical \
    unable unavailable unhelpful unique unlimited unusual useful useless usual valid valuable vast \
    versatile viable visionary vital warm weak whichever white whole wide wider willing \
    willingness world worse worst wrong young";

/// Verbs with little meaning of their own.
const VERBS: &str = "accept accepted accepting accomplish accomplished achieve achieved achieves \
    achieving acquire acquired acquiring act acting acts add added adding addresses addressing \
    adds adhere adhering affect affecting agree agreed aim aimed aiming aims allow allowed \
    allowing allows anticipate anticipated appear appears appoint appreciate appreciated approach \
    approaches arise arrange arrangement arrangements arranging ask asked asking asks assemble \
    assembling assign assigned assigning assist assisted assisting assists assume attain attend \
    attending attract avoid avoiding began begin beginning begins begun believe believes boost \
    bridge bridging bring bringing brings brought carried carries carry carrying cater caters \
    choice choose chooses choosing chosen combine combined combines combining comprise comprises \
    conduct conducted conducting conducts consider considered considering considers consist \
    consisting consists contain contains continue continued continues continuing contribute \
    contributed contributes contributing cover covered covers demonstrate demonstrates \
    demonstrating depend depends deserve desire dig digging discover discovered discovering \
    display dive dives diving draw ease elevate elevated embed embody embrace embraces embracing \
    empower empowered empowering empowerment empowers enable enabled enables enabling encompass \
    encompasses encompassing encourage encouraged encourages encouraging ended ending engage \
    engaged engages engaging enhance enhanced enhances enhancing enjoy enjoying enjoys ensure \
    ensures ensuring entail entails exceed exceeding excel excels exhibit exist existing exists \
    expand expanding expands expect expected expecting expects explain explaining explore \
    exploring feel feeling feels felt fill find finding findings finds fit fitness fits follow \
    followed follows forge foster fostering fosters found fuel fuels fulfill gain gained gaining \
    gains give given gives giving happen happens hear heard hearing help helped helping helps hit \
    hold holding holds hope identified identifies identify identifying improve improved improves \
    improving include included includes increase increased increases increasing inform invest \
    involve involved involves involving juggle juggling jump keep keeping keeps kept know knowing \
    known knows lack lacks learn learned learns learnt leaving leverage leveraged leverages \
    leveraging liaise liaising lie lies live lives living look looked looking looks lose made \
    maintain maintained maintaining maintains make makes making matter matters mean means meant \
    mention mentioned miss missing move moved moves moving navigate navigating obsess obsessed \
    obtain obtained obtaining obtains offer offered offering offers participate participates \
    participating participation perform performed performing performs pick play player players \
    playing plays possess possesses preference preferences produce produced produces propel prove \
    provide provided provides providing pull pulling pursue pursuing pursuit push pushing put puts \
    putting reaching read realize receive received receives receiving relate relates relies relish \
    relying remain remains remove removing represent representing represents request requested \
    requests require requiring resonate resonates respect respected respond responding said say \
    saying says see seeing seek seekers seeking seeks seen sees serve served serves set sets \
    setting shape shaped shapes shaping share shared shares sharing show showing shown shows sit \
    sits sitting sought sound sounds span spanning spans speak speaking speaks specialise \
    specialising specialize specializes specializing spend spending spent stand stands start \
    started starting starts stay staying stays steer step stepping steps strengthen strengthening \
    stretch strive strives striving suggest suggesting suit suits tackle tackling take taken takes \
    taking talk talking talks tasked tell telling think thinker thinkers thinking thinks thought \
    took touch try trying turn turned turning turns undergo understand understanding understands \
    understood undertake undertaken use used uses usher using utilise utilising utilize utilizes \
    utilizing varied varies vary wear win winning wins wish wonder worked working worry";

const SENIORITY: &str = "apprentice entry generalist generalists insider intern interns junior \
    ladder member members senior seniority staffed trainee";

const TRAITS: &str = "analytical approachable attention communicative communicator communicators \
    dignity diplomacy empathetic empathy honesty integrity interpersonal multitask multitasking \
    organisational organised organizational organized persuasion presentation pressure punctuality \
    resilience resilient tact teamwork tenacious tenacity";

/// Nouns with little meaning of their own.
const NOUNS: &str = "abilities ability acumen affinity ambiguity appearance array aspect aspects \
    attendance basis bend bit bodies body breadth car chance circumstances combination conclusion \
    conclusions confidence consistency courage definition definitions demands demeanor depth \
    description descriptions detail details dexterity difference differences difficulties \
    difficulty driver duties duty effect effects effort efforts emphasis encounter encounters \
    endeavors eng entities entity example examples expectation expectations exposure extent eye \
    eyes fact factor factors facts familiarity form forms glance gut hand hat hats implications \
    importance instance instances interest interested interests item items job jobs kinds lbs lens \
    lift lifting list lists manner mind minds mindset mindsets mix motivation nature noise \
    obstacles option options overview part parts patience peer peers piece pieces place placed \
    places placing point points position positions possibilities possibility preparation presence \
    proximity purpose purposes range ranges reader readers reality responsibilities responsibility \
    rest result resulting role roles round scenes section sections sense series session sessions \
    situation situations sort standpoint statement statements stoop stress stuff suite summary \
    thing things thoughts tone trait traits truth type types uncertainty variety vehicle view \
    viewing walk walking way ways weight word words";

const SECOND_NOUNS: &str = "communication environment environments experience experiences \
    expertise field fields goal goals knowledge leader leaders leadership level levels objectives \
    people skill skills skillset skillsets space spaces team teams work worlds";

/// Second parts of compounds.
const SECOND_PARTS: &str = "base edge end grade house language learning line lines object \
    processing side stack techniques term";

const COMPANY: &str = "agencies agency business businesses capital center centers centre change \
    changes cities city client clients commercial communities community companies company consumer \
    consumers corporate county cultural culture cultures customer customers department \
    departmental departments digital division divisions economic employee employees employment \
    enterprise enterprises expert experts external facilities facility families family firm firms \
    founder founding government governmental governments group groups growth home homes human \
    humans impact impacts industries industry innovate innovation innovations institution \
    institutions internal international it life local market markets national needs offerings \
    office offices organisation organisations organization organizations partner partners \
    partnership partnerships person personnel persons policies policy private professionals \
    provider providers public registered revenue school schools sector sectors service services \
    site sites social society solution solutions specialist specialists staff staffing state \
    states strategic strategies strategy talent talents tech technological technologies technology \
    unit units user users value valued values vision visions workforce";

const WORK: &str = "academic activities activity administration administrative advice advisor \
    advisory agenda aid analysis answer answers app application applications apps assessment \
    assessments asset assets assignment assignments book books capabilities capability case cases \
    challenge challenges channel channels check checks coaching collaboration collaborations \
    communications competence competencies competency component components concept concepts \
    concern concerns content control controls conversation conversations coordination cycle cycles \
    data decision decisions development developments direction directions discussion discussions \
    document documentation documents effectiveness efficiencies efficiency equipment evaluation \
    event events execution feature features feedback file files flow flows function functional \
    functionality functions guidance guideline guidelines idea ideas implementation \
    implementations improvement improvements initiative initiatives input inputs insight insights \
    integration interface interfaces interview interviews issue issues journey journeys landscape \
    landscapes law laws lead leads letter letters management manager managerial managers material \
    materials measure measurement measures mentor mentoring mentors mentorship method \
    methodologies methodology methods metric metrics model models network networks objective \
    operation operational operations opinion opinions order orders outcome outcomes output outputs \
    paper papers path paths performance perspective perspectives phase phases pipeline plan \
    planned plans platform platforms practice practices presentations presenting problem problems \
    procedure procedures process processes productivity profile profiles program programme \
    programmes programs quality question questions record records reference references relation \
    relations relationship relationships report reporting reports requirement requirements \
    resource resources results review reviewing reviews rights rule rules schedule scheduled \
    science sciences standard standards studies study supplies support supported supporting \
    supports system systems target targets task tasks technical technique text texts theories \
    theory tool tooling tools topic topics training trainings trend trends update updated updates \
    updating version versions worker workers workplace workplaces works workshop workshops \
    workspace";

/// Verbs that are a reason with their object.
const ACTIONS: &str = "accelerate accelerating adapt adapting adopt adopting advise advising align \
    aligned aligning analyse analyses analysing analyze analyzes analyzing assess assessing \
    attempt build building builds built champion clarify clean coach collaborate collaborates \
    collaborating communicate communicates communicating compile complete completed completing \
    configure configuring connect connecting consult consulting controlling coordinate coordinates \
    coordinating craft crafting create created creates creating cultivate cultivating debate \
    decide deciding define defined defines defining deliver delivered delivering delivers \
    determine determining develop developed developing develops direct directing discuss \
    discussing drive drives driving drove educate enter entering enters escalate establish \
    establishing evaluate evaluates evaluating evolve execute executed executes executing \
    experiment extend facilitate facilitating gather gathering generate generating govern guide \
    guides guiding handle handles handling implement implemented implementing implements influence \
    influencing initiate integrate integrating interact interacting interacts interpret \
    investigate iterate iterating led manage managed manages managing measuring monitor monitoring \
    monitors motivate motivating negotiate observe operate operates operating optimise optimising \
    optimize optimizes optimizing organise organising organize organizing oversee overseeing \
    oversees owning owns partnering pitch prepare prepared preparing present presents preserve \
    prevent processed promote promotes promoting propose protect publish purchase recommend \
    recommending reduce reducing resolve resolving retain retaining retrieve rotate run running \
    runs scale scaled scales scaling search searches searching secure securing select ship shipped \
    shipping ships simplify solve solves solving standardize store streamline streamlining \
    structure supervise supervises supply sustain synthesize teach track tracking train transfer \
    transform transforming translate translates translating validate validating verify verifying \
    visualize write writes written";

const QUALITIES: &str = "abstract accuracy accurate analytic applied associate associates \
    automated autonomous central chief closure collective competitive completion complex \
    concurrent consistent creative critical domain executive executives foundational fundamental \
    fundamentals general head independence independent intellectual interactive interdisciplinary \
    intuitive iterative legal logical maintainable mental multidisciplinary native natural officer \
    officers organic original performant personal physical polished primary principal progressive \
    proprietary readable responsive reusable secondary stable standardised strength strengths \
    systematic tactical testable visual";
