use super::*;

const PO: &str = "product_owner";
const PM: &str = "product_manager";
const TPM: &str = "technical_project_manager";
const PO_PM: &str = "product_owner+product_manager";
const PM_TPM: &str = "product_manager+technical_project_manager";
const PO_TPM: &str = "product_owner+technical_project_manager";

fn stated(title: &Title, lexicon: &Lexicon) -> String {
    let id = |role: &RoleId| lexicon.roles().get(*role).id.clone();
    match &title.role {
        TitleRole::One(role) => id(role),
        TitleRole::Several(roles) => roles.iter().map(id).collect::<Vec<_>>().join("+"),
        TitleRole::Undecided => "undecided".into(),
        TitleRole::None => "none".into(),
    }
}

fn check(cases: &[(&str, &str, &str)]) {
    let lexicon = Lexicon::embedded().expect("the lexicon is right");
    for (title, role, level) in cases {
        let read = Title::read(title, &lexicon);
        let got = (stated(&read, &lexicon), read.level.as_deref().unwrap_or_default());
        assert_eq!((got.0.as_str(), got.1), (*role, *level), "{title}");
    }
}

#[test]
fn rank_before_the_role() {
    check(&[
        ("VP, Product Owner", PO, "vp"),
        ("AVP, Product Owner", PO, "vp"),
        ("SVP - Product Owner", PO, "vp"),
        ("Vice President, Product Owner", PO, "vp"),
        ("Assistant Vice President, Product Owner", PO, "vp"),
        ("Director, Product Owner", PO, "director"),
        ("Head Product Owner", PO, "head"),
        ("Product Owner, VP", PO, "vp"),
        ("Chief Product Owner", PO, "c_level"),
        ("Lead Product Owner", PO, "lead"),
        ("Product Lead / Product Owner", PO_PM, "lead"),
        ("VP, Technical Project Manager", TPM, "vp"),
        ("VP, IT Program Manager", TPM, "vp"),
        ("Director, Product Manager", PM, "director"),
        ("VP Product", PM, "vp"),
        ("Director, Product", PM, "director"),
        ("Director of Product, Security", PM, "director"),
        ("Director of Product Security", "none", "director"),
        ("VP Product Partnerships", "none", "vp"),
    ]);
}

#[test]
fn the_other_way_round() {
    check(&[
        ("Manager, Product", PM, ""),
        ("Senior Manager, Product", PM, "senior"),
        ("Sr. Manager II, Product (Remote)", PM, "senior"),
        ("Manager - Product", PM, ""),
        ("Manager-Product", PM, ""),
        ("Manager of Product - Billing", PM, ""),
        ("Manager, Digital Product", PM, ""),
        ("Manager, Product Management", PM, ""),
        ("Lead, Product", PM, "lead"),
        ("Owner, Product", PO, ""),
        ("Project Manager, Technical", TPM, ""),
        ("Program Manager, IT", TPM, ""),
        ("Manager, Technical Program", TPM, ""),
        ("Program Manager - Technical Infrastructure", TPM, ""),
        ("Manager, Product Marketing", "none", ""),
        ("Manager, Product Support", "none", ""),
        ("Manager, Product Design", "none", ""),
        ("Manager, Product Packaging", "none", ""),
        ("Manager of Product Compliance", "none", ""),
        ("Director, Retail Product Strategy", "none", "director"),
        ("Engineering Manager, Product", "none", ""),
        ("Account Manager, Product", "none", ""),
        ("Business Owner, Product", "none", ""),
    ]);
}

#[test]
fn abbreviations() {
    check(&[
        ("PO", PO, ""),
        ("Sr. PO", PO, "senior"),
        ("PO (m/w/d)", PO, ""),
        ("PO m/w/d", PO, ""),
        ("Proxy PO", PO, ""),
        ("Payments PO", PO, ""),
        ("PO - Payments", PO, ""),
        ("BA/PO", PO, ""),
        ("Senior PO II", PO, "senior"),
        ("TPM", TPM, ""),
        ("TPgM", TPM, ""),
        ("Technical PM", TPM, ""),
        ("Tech PM", TPM, ""),
        ("IT Proj. Mgr.", TPM, ""),
        ("CPO", PM, "c_level"),
        ("PdM", PM, ""),
        ("GPM", PM, ""),
        ("APM", PM, ""),
        ("APM - Growth", PM, ""),
        ("Prod Manager", PM, ""),
        ("Product Mgr", PM, ""),
        ("Sr. Prod. Mgr.", PM, "senior"),
        ("Prod Owner", PO, ""),
        ("PgM", "undecided", ""),
        ("Senior PM", "undecided", "senior"),
        ("PM - Growth", "undecided", ""),
        ("Accounts Payable - PO Processing", "none", ""),
        ("accounts payable, po", "none", ""),
        ("Purchasing clerk (PO)", "none", ""),
        ("PO Processor / Purchase Order", "none", ""),
        ("PO Box Attendant", "none", ""),
        ("Clerk, POs", "none", ""),
        ("Nurse, PM shift", "none", ""),
        ("PM Shift", "none", ""),
        ("Cook 4 - 8 PM", "none", ""),
        ("Server AM/PM", "none", ""),
        ("PdM Technician", "none", ""),
        ("PDM Administrator", "none", ""),
        ("APM Engineer", "none", ""),
    ]);
}

#[test]
fn typing_errors() {
    check(&[
        ("Product Manger", PM, ""),
        ("Senior Product Maneger", PM, "senior"),
        ("Prodct Manager", PM, ""),
        ("Prodcut Owner", PO, ""),
        ("Product Ownr", PO, ""),
        ("Produkt Owner", PO, ""),
        ("Technical Projekt Manager", TPM, ""),
        ("Tecnical Program Manager", TPM, ""),
        ("Progam Manager", "undecided", ""),
        ("Production Manager", "none", ""),
        ("Produce Manager", "none", ""),
        ("Products Manager", "none", ""),
        ("Project Manages", "none", ""),
        ("Product Manage", "none", ""),
        ("Projuct Manager", "none", ""),
        ("Protect Manager", "none", ""),
        ("Restaurant Manger", "none", ""),
        ("Chef, Product", "none", ""),
    ]);
}

#[test]
fn two_roles() {
    check(&[
        ("Product Owner/Manager", PO_PM, ""),
        ("Product Owner / Product Manager", PO_PM, ""),
        ("Product Manager/Owner", PO_PM, ""),
        ("Product Manager / Owner", PO_PM, ""),
        ("Product Owner or Product Manager", PO_PM, ""),
        ("Product Owner and Manager", PO_PM, ""),
        ("Product & Project Manager", PM_TPM, ""),
        ("Project and Product Manager", PM_TPM, ""),
        ("Product Manager / Project Manager", PM_TPM, ""),
        ("Product Owner / Project Manager", PO_TPM, ""),
        ("Technical Program Manager / Project Manager", TPM, ""),
        ("Product Owner / Scrum Master", PO, ""),
        ("Product Manager & Designer", PM, ""),
        ("Product Owner Manager", PO, "head"),
        ("Technical Project/Program Manager", TPM, ""),
        ("Technical Program & Project Manager", TPM, ""),
    ]);
}

#[test]
fn roles_of_others() {
    check(&[
        ("UX Designer reporting to the Product Owner", "none", ""),
        ("Assistant to the Product Owner", "none", "junior"),
        ("Executive Assistant to VP Product", "none", "junior"),
        ("Chief of Staff to the CPO", "none", ""),
        ("Recruiter for Product Owners", "none", ""),
        ("Product Owner Trainer", "none", ""),
        ("Product Owner Coach", "none", ""),
        ("Product Management Recruiter", "none", ""),
        ("Talent Sourcer - Product Managers", "none", ""),
        ("Talent Acquisition Partner - Product Management", "none", ""),
        ("Scrum Master (supporting Product Owner)", "none", ""),
        ("Scrum Master (supporting the Billing Product Owner)", "none", ""),
        ("Developer (works with PM)", "none", ""),
        ("Business Analyst to support the Product Owner", "none", ""),
        ("Product Manager reporting to CPO", PM, ""),
        ("Product Owner - Recruitment Platform", PO, ""),
        ("Product Manager, Recruiting", PM, ""),
        ("Product Manager, Recruiter Tools", PM, ""),
        ("Product Manager for Trainers", PM, ""),
        ("Product Owner, Training & Education", PO, ""),
        ("Product Owner and Agile Coach", PO, ""),
        ("Agile Coach (Product Owners)", "none", ""),
        ("Agile Coach / Product Owner", PO, ""),
        ("Headhunter Product Owner", "none", ""),
        ("Product Owner's Assistant", "none", "junior"),
        ("Product Manager Search Consultant", "none", ""),
        ("Product Manager, Search", PM, ""),
        ("Consultant, Product Owner Training", "none", ""),
        ("Product Owner, Training Platform", PO, ""),
        ("Scrum Master for two Product Owners", "none", ""),
        ("Copywriter for Product Managers", "none", ""),
        ("Senior Manager for Product Management", PM, "senior"),
        ("We are looking for a Product Owner", PO, ""),
        ("Course Author Product Management", "none", ""),
        ("Go-to-Market Product Manager", PM, ""),
        ("Order to Cash Product Owner", PO, ""),
    ]);
}

#[test]
fn abbreviations_of_other_jobs() {
    check(&[
        ("Chief People Officer (CPO)", "none", "c_level"),
        ("Certified Pool Operator (CPO)", "none", ""),
        ("CPO Certified Pool Operator", "none", ""),
        ("CPO (Chief Procurement Officer)", "none", "c_level"),
        ("Chief Product Officer (CPO)", PM, "c_level"),
        ("Product Owner (PO)", PO, ""),
        ("PO - Payments Orchestration", PO, ""),
        ("TPM, Trust & Safety", TPM, ""),
    ]);
}

#[test]
fn technical_projects_in_other_words() {
    check(&[
        ("ICT Project Manager", TPM, ""),
        ("I.T. Project Manager", TPM, ""),
        ("Project Manager - ICT", TPM, ""),
        ("Manager, Technical Projects", TPM, ""),
        ("Technical Programs Manager", TPM, ""),
        ("IT Projects Manager", TPM, ""),
    ]);
}

#[test]
fn words_before_the_role() {
    check(&[
        ("B2B SaaS Product Owner", PO, ""),
        ("Enterprise API Product Manager", PM, ""),
        ("ERP Project Manager", TPM, ""),
        ("Data Center Project Manager", TPM, ""),
        ("Cyber Security Project Manager", TPM, ""),
        ("Agile Project Manager", "undecided", ""),
        ("Construction Project Manager", "none", ""),
        ("Event Project Manager", "none", ""),
        ("Clinical Program Manager", "none", ""),
    ]);
}

#[test]
fn words_for_levels_in_names() {
    check(&[
        ("Product Owner, Senior Living", PO, ""),
        ("Product Manager, Lead Generation", PM, ""),
        ("Product Owner - Principal Financial Group", PO, ""),
        ("Product Manager, Graduate Admissions", PM, ""),
        ("Principal Product Manager, AI Assistant", PM, "principal"),
        ("Product Owner, Intern Portal", PO, ""),
        ("Product Manager, Director Experience", PM, ""),
        ("Head Office Product Manager", PM, ""),
        ("Product Owner, Phase I", PO, ""),
        ("Product Manager, World War II Museum", PM, ""),
        ("Product Manager for Senior Living", PM, ""),
        ("Product Manager II", PM, "mid"),
        ("Product Owner, Level III", PO, "senior"),
        ("Product Manager, Summer Intern", PM, "intern"),
        ("Product Owner - Associate", PO, "junior"),
        ("Product Manager, Associate Director", PM, "director"),
        ("Senior Associate, Product Manager", PM, "senior"),
    ]);
}
