//! What a posting looks like and in which order it is written changes nothing; what is no posting is said.

use crate::workspace::{DUTIES, SAMPLE, Table, Workspace};

const OWNER: &str = "You own the product backlog of our parking app and order it by value. You write user \
    stories with acceptance criteria, refine them with the Scrum team, plan every sprint and accept what \
    is finished at the sprint review. You answer the developers' questions each day, keep the definition \
    of done honest and talk to stakeholders about what comes next. You know Scrum and have worked as a \
    Product Owner for four years. Jira holds no secrets for you.";
const MANAGER: &str = "You decide what we build and why. You talk to customers every week, study the market \
    and the competitors, and turn what you learn into a product vision, a strategy and a roadmap. You set \
    the pricing, plan the go-to-market with sales and marketing, and answer for revenue, retention and \
    adoption. You run experiments, define the metrics and report them to the executives. You bring six \
    years of product management in B2B software.";
const LIST: &str = "We make software for ferries and need somebody who brings order into our wishes and keeps the crew happy.\n\
    \n\
    What you do:\n\
    - Own the product backlog and keep it in order, so that the team always knows which story matters most\n\
    - Write user stories with acceptance criteria\n\
    - Plan each sprint with the Scrum team, and show what was finished at the sprint review to everybody who cares\n\
    \n\
    What you bring:\n\
    1. Three years as a Product Owner\n\
    2. A calm way of saying no to stakeholders who want everything at once and yesterday\n";

/// What `classify` makes of some texts with the same title.
fn verdicts(texts: &[String], options: &[&str]) -> Table {
    let header = ["title", "description"].map(str::to_owned).to_vec();
    let row = |text: &String| vec!["Job".to_owned(), text.clone()];
    let table = Table { header, rows: texts.iter().map(row).collect() };
    let workspace = Workspace::with("in.csv", table.bytes());
    workspace.rolecall(&[&["classify", "in.csv"], options].concat()).succeeds().table()
}

/// The verdict on a text, with its probabilities.
fn verdict(text: &str) -> Vec<String> {
    verdicts(&[text.to_owned()], &[]).rows[0][2..].to_vec()
}

/// Wraps each line of a text as mail programs do.
fn wrapped(text: &str, width: usize, line_end: &str) -> String {
    let wrap = |line: &str| {
        let mut lines = vec![String::new()];
        for word in line.split(' ') {
            let last = lines.last_mut().expect("there is one");
            if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
                lines.push(word.to_owned());
            } else {
                let space = if last.is_empty() { "" } else { " " };
                last.push_str(&format!("{space}{word}"));
            }
        }
        lines.join(line_end)
    };
    text.split('\n').map(wrap).collect::<Vec<_>>().join(line_end)
}

#[test]
fn a_wrapped_posting_gets_the_verdict_of_the_whole_one() {
    for text in [OWNER, MANAGER, LIST] {
        let whole = verdict(text);
        for width in [16, 20, 28, 40, 60, 72, 78, 80, 100] {
            for line_end in ["\n", " \n", "\r\n"] {
                let wrapped = verdict(&wrapped(text, width, line_end));
                assert_eq!(wrapped[..12], whole[..12], "{width} {line_end:?}");
            }
        }
    }
}

#[test]
fn the_sample_can_be_wrapped_at_any_width() {
    let texts = Table::of(SAMPLE);
    let texts: Vec<String> = texts.column("description").into_iter().map(str::to_owned).collect();
    let whole = verdicts(&texts, &["--view", "text"]);
    for width in [20, 60, 78, 100] {
        let texts: Vec<String> = texts.iter().map(|text| wrapped(text, width, "\n")).collect();
        let wrapped = verdicts(&texts, &["--view", "text"]);
        for column in ["predicted_role", "decision"] {
            assert_eq!(wrapped.column(column), whole.column(column), "{width}");
        }
    }
}

#[test]
fn marks_within_words_do_not_split_them() {
    let plain = verdict(OWNER);
    for mark in ["<wbr>", "<wbr/>", "&shy;", "&#173;", "\u{ad}", "\u{200b}"] {
        let text = OWNER.replace("backlog", &format!("back{mark}log"));
        assert_eq!(verdict(&text)[..11], plain[..11], "{mark:?}");
    }
}

#[test]
fn letters_apart_are_read_as_words() {
    let words: Vec<String> = OWNER
        .split(' ')
        .map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(verdict(&words.join("   "))[..11], verdict(OWNER)[..11]);
}

#[test]
fn what_stands_below_any_job_changes_nothing() {
    let below = [
        "We are an equal opportunity employer. Qualified applicants of any kind are considered without regard \
         to race, colour, religion, sex, national origin, disability or veteran status.",
        "The base salary range for this position is $90,000 to $120,000 a year, plus a bonus, dental and \
         vision insurance and paid time off.",
        "By submitting your application you agree that we process your personal data.",
        "Employment is contingent upon a background check. We take part in E-Verify.",
        "Reasonable accommodations are made for applicants with disabilities.",
        "Please send your CV and a cover letter to jobs@ferry.example. We look forward to hearing from you!",
        "We do not accept unsolicited resumes from staffing agencies.",
    ];
    for text in [OWNER, MANAGER] {
        let alone = verdict(text);
        for below in below {
            assert_eq!(verdict(&format!("{text}\n\n{below}")), alone, "{below}");
        }
        assert_eq!(verdict(&format!("{text}\n\n{}", below.join("\n\n"))), alone);
    }
}

#[test]
fn duties_with_such_words_are_read() {
    for duty in [
        "Own our privacy product and its pricing.",
        "Explain the benefits of the product to customers.",
        "Build the payment platform, from pay slips to payouts.",
        "Give every team an equal say in the roadmap.",
        "Manage background jobs and their checks.",
    ] {
        let with = format!("{OWNER}\n\n{duty}");
        assert_ne!(verdict(&with)[3..7], verdict(OWNER)[3..7], "{duty}");
    }
}

#[test]
fn what_is_no_posting_gives_no_evidence_and_says_what_it_is() {
    for (text, note) in [
        ("Sign in to view this job. New here? Join now to see who you know there.", "login_wall"),
        ("You must be logged in to continue. Forgot your password?", "login_wall"),
        ("404. The page you requested could not be found.", "error_page"),
        ("Access denied. You have no permission to view this page.", "error_page"),
        ("Please enable JavaScript to go on. We check that you are human.", "error_page"),
        ("We use cookies. Accept all cookies or manage your preferences.", "cookie_notice"),
        ("For details see the attached document.", "see_attachment"),
        ("The full job description is available on our website.", "see_attachment"),
        (
            "We seek a product person who loves trains and keeps our roadmap in order and ...",
            "teaser",
        ),
        (
            "We seek a product person who loves trains and keeps our roadmap in order. Show more",
            "teaser",
        ),
        ("This job is no longer available.", "closed"),
        ("The position has been filled. Thank you for your interest.", "closed"),
        ("HTTP Status 500 - Internal Server Error", "error_page"),
        ("This site can't be reached. It took too long to respond.", "error_page"),
        ("Sorry, you have been blocked. You are unable to access this site.", "error_page"),
        ("You have been logged out. Please sign in again.", "login_wall"),
        ("Full details are for registered users only.", "login_wall"),
        (
            "We and our partners store and access information on a device. Accept all. Reject all.",
            "cookie_notice",
        ),
        ("JD attached.", "see_attachment"),
        ("Please refer to the PDF for the job specification.", "see_attachment"),
        ("Apply on the company's website.", "see_attachment"),
        ("The vacancy has expired.", "closed"),
        ("This ad was taken down by the employer.", "closed"),
        ("[object Object]", "placeholder"),
        ("TBC", "placeholder"),
        ("...", "placeholder"),
        ("None", "placeholder"),
        ("nan", "placeholder"),
        ("N/A", "placeholder"),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "placeholder"),
        ("We make things that people like, and have done so for years.", "too_few_known_words"),
    ] {
        for options in [&[][..], &["--view", "text"]] {
            let output = verdicts(&[text.to_owned()], options);
            assert_eq!(output.column("decision"), ["no_evidence"], "{text}");
            assert_eq!(output.column("notes"), [note], "{text}");
        }
    }
    let page = "Sign in to view this job. Email or phone. Forgot password? Join now. ".repeat(10);
    let sheet = "Sorry, the page was not found. Home. Jobs. Companies. Salaries. Help. ".repeat(12);
    for (page, note) in [(page, "login_wall"), (sheet, "error_page")] {
        let output = verdicts(std::slice::from_ref(&page), &[]);
        assert_eq!(output.column("decision"), ["no_evidence"], "{page}");
        assert_eq!(output.column("notes"), [note], "{page}");
    }
    assert_ne!(verdict(&format!("{OWNER} Click here to apply."))[2], "no_evidence");
    assert_ne!(verdict(DUTIES)[2], "no_evidence");
}

#[test]
fn few_words_are_never_out_of_scope() {
    let nurse = "You care for patients on the night shift, give medication, take blood and write it down. \
        You are a registered nurse with two years on a ward.";
    assert_eq!(verdict(nurse)[0], "other");
    assert_eq!(verdict(nurse)[2], "review");
}

#[test]
fn several_jobs_in_any_order_are_one_verdict_to_be_reviewed() {
    let project = "You plan and deliver technical projects across three engineering teams. You keep the \
        schedule, the budget, the risk register and the dependencies, lead the weekly status meeting, manage \
        vendors and report to the steering committee. You coordinate the migration to the cloud and the \
        cutover. You hold a PMP certificate and have led infrastructure projects for six years.";
    let jobs = [
        format!("Product Owner\n{OWNER}"),
        format!("Product Manager\n{MANAGER}"),
        format!("Technical Project Manager\n{project}"),
    ];
    for (jobs, orders) in [(&jobs[..2], 2), (&jobs[1..], 2), (&jobs[..], 3)] {
        let mut jobs = jobs.to_vec();
        let mut all = Vec::new();
        for _ in 0..orders {
            all.push(format!("We seek several people.\n\n{}", jobs.join("\n\n")));
            jobs.rotate_left(1);
        }
        let output = verdicts(&all, &[]);
        for row in &output.rows {
            assert_eq!(row[2..11], output.rows[0][2..11]);
        }
        assert!(output.column("decision").iter().all(|decision| *decision == "review"));
        assert!(output.column("notes").iter().all(|notes| notes.contains("several_jobs")));
    }
    for one in [
        format!("1. Product Owner (m/f/d)\n{OWNER}\n\n2. Senior Product Manager\n{MANAGER}"),
        format!("Job 1: Product Owner\n{OWNER}\n\nJob 2: Product Manager\n{MANAGER}"),
        format!(
            "Senior Product Owner - Berlin\n{OWNER}\n\nSenior Product Manager - Berlin\n{MANAGER}"
        ),
        format!(
            "Lead Product Owner IT & Analytics\n{OWNER}\n\nProduct Manager for our Data Platform\n{MANAGER}"
        ),
        format!(
            "We are hiring a Product Owner.\n{OWNER}\n\nWe are looking for a Technical Project Manager.\n{project}"
        ),
    ] {
        assert!(verdict(&one).iter().any(|cell| cell.contains("several_jobs")), "{one}");
    }
    for not_a_job in [
        "You work with a Product Manager.",
        "Reports to: Director of Engineering",
        "DRIVER'S LICENSE:",
        "- Software Engineer",
        "Department: Office of the Clerk",
    ] {
        let one = format!("Product Owner\n{OWNER}\n\n{not_a_job}\n{LIST}\n{DUTIES}");
        assert!(!verdict(&one).iter().any(|cell| cell.contains("several_jobs")), "{not_a_job}");
    }
}

#[test]
fn an_ad_of_a_role_beside_one_of_another_job_is_reviewed() {
    let nurse = "You care for patients on the night shift, give medication, take blood and write down what you \
        did. You are a registered nurse with two years on a ward, you know how to lift without hurting your back, \
        and you keep calm when three bells ring at once. We pay for your uniform and your meals on the ward.";
    for (role, other) in [
        ("Product Owner", "Registered Nurse"),
        ("Senior Product Owner (m/f/d)", "Night nurse"),
        ("Mobile Product Owner - Berlin", "Nurse II (Ward 5)"),
        ("Digital Product Owner, Ferries", "Head Nurse / Nurse Manager"),
    ] {
        let orders = [
            format!("{role}\n{OWNER}\n\n{other}\n{nurse}"),
            format!("{other}\n{nurse}\n\n{role}\n{OWNER}"),
        ];
        let output = verdicts(&orders, &[]);
        assert_eq!(output.column("decision"), ["review", "review"], "{role}, {other}");
        assert!(output.column("notes").iter().all(|notes| notes.contains("several_jobs")));
        assert_eq!(output.rows[0][2..11], output.rows[1][2..11], "{role}, {other}");
    }
}

#[test]
fn a_list_that_has_lost_its_lines_keeps_its_duties() {
    for between in [" * ", " • ", " | ", "; ", " - ", ", "] {
        let items = [
            "Own the product backlog",
            "Write user stories with acceptance criteria",
            "Plan each sprint with the Scrum team",
            "Order the backlog by value with stakeholders",
            "Accept the work at the sprint review",
            "Competitive salary",
            "Please send your CV",
        ];
        let list = items.join(between);
        let output = verdicts(std::slice::from_ref(&list), &["--view", "text"]);
        assert_eq!(output.column("predicted_role"), ["product_owner"], "{list}");
        assert!(output.column("evidence")[0].contains("user stories"), "{list}");
    }
}

#[test]
fn a_heading_of_boilerplate_begins_its_line_or_ends_it() {
    let duties = format!("{OWNER}\n\n{LIST}");
    let alone = verdict(&duties);
    for not_one in ["Security & privacy review program operations", "Track KPIs/benefits"] {
        let text = format!("{not_one}\n{duties}");
        let confidence = |of: &[String]| of[1].parse::<f64>().expect("a number");
        assert_eq!(verdict(&text)[0], alone[0], "{not_one}");
        assert!(confidence(&verdict(&text)) > confidence(&alone) - 0.1, "{not_one}");
    }
    for one in ["Benefits", "Our benefits", "Employee benefits:", "Benefits at Velora"] {
        let text =
            format!("{duties}\n\n{one}\nYou set the vision and the strategy of your holidays.");
        assert_eq!(verdict(&text)[..9], alone[..9], "{one}");
    }
}

#[test]
fn a_job_that_has_to_do_with_pages_is_no_page() {
    for text in [
        "You own the backlog of our login page: sign in, forgot password, create account. You write user stories and \
         plan sprints.",
        "You own the cookie consent tool. Write user stories with acceptance criteria, manage preferences, accept all \
         stories at the sprint review.",
        "You lead the 404 page and error handling team. Prioritise the backlog, write acceptance criteria and user stories.",
    ] {
        let cells = verdict(text);
        for page in ["login_wall", "cookie_notice", "error_page"] {
            assert!(!cells.iter().any(|cell| cell.contains(page)), "{text}");
        }
    }
}

#[test]
fn the_half_in_english_is_judged_whatever_stands_before_it() {
    let german = "Du verantwortest das Product Backlog unserer Park-App und ordnest es nach Wert. Du schreibst \
        User Stories mit Akzeptanzkriterien, verfeinerst sie mit dem Team, planst jeden Sprint und nimmst ab, \
        was fertig ist. Du beantwortest jeden Tag die Fragen der Entwicklerinnen und Entwickler und sprichst \
        mit den Fachbereichen darüber, was als Nächstes kommt. Du kennst dich mit agilen Methoden aus und hast \
        schon vier Jahre in einer ähnlichen Rolle gearbeitet.";
    let danish = "Du ejer produktbackloggen for vores parkeringsapp og ordner den efter værdi. Du skriver \
        brugerhistorier med acceptkriterier, forfiner dem sammen med teamet, planlægger hvert sprint og godkender \
        det, der er færdigt. Du svarer på udviklernes spørgsmål hver dag og taler med fagfolkene om, hvad der \
        kommer næste gang. Du har arbejdet i fire år med lignende opgaver.";
    let orders = [german, danish]
        .map(|other| [format!("{other}\n\n{OWNER}"), format!("{OWNER}\n\n{other}")]);
    let output = verdicts(orders.as_flattened(), &[]);
    let alone = verdict(OWNER);
    for row in &output.rows {
        assert_eq!(row[2..11], alone[..9]);
    }
    assert!(output.column("language").iter().all(|language| *language == "en"));
    assert!(output.column("notes").iter().all(|notes| notes.contains("other_language_left_out")));
}
