//! JSON in the shapes that programs and APIs give it: a row for each posting, and what is left out is said.

use crate::workspace::{DUTIES, Ran, Workspace};
use serde_json::{Value, json};

const TITLES: [&str; 4] = ["Product Owner", "Product Manager", "Baker", "Nurse"];

/// The postings, as most files have them.
fn postings() -> Vec<Value> {
    let posting = |(i, title): (usize, &&str)| json!({"id": format!("r{i}"), "title": title, "company": "Org", "description": format!("{DUTIES} {i}")});
    TITLES.iter().enumerate().map(posting).collect()
}

/// Runs `classify` on a text, and gives what it said and the rows.
fn classified(text: &str, more: &[&str]) -> (Ran, Vec<Value>) {
    let workspace = Workspace::with("in.json", text);
    let ran = workspace
        .rolecall(&[&["classify", "in.json", "-o", "out.jsonl"], more].concat())
        .succeeds();
    let rows = String::from_utf8(workspace.read("out.jsonl")).expect("it is UTF-8");
    let rows = rows.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    (ran, rows)
}

/// Asserts that a text has the postings, in their order.
#[track_caller]
fn has_all(name: &str, text: &str) -> Ran {
    let (ran, rows) = classified(text, &[]);
    let roles: Vec<&str> = rows.iter().filter_map(|row| row["title_role"].as_str()).collect();
    assert_eq!(roles.len(), TITLES.len(), "{name}: {text}\n{ran:?}");
    assert_eq!(roles[..2], ["product_owner", "product_manager"], "{name}: {ran:?}");
    ran
}

#[test]
fn a_posting_is_a_row_in_whatever_shape_it_comes() {
    let all = postings();
    let lines = |values: &[Value]| values.iter().map(|v| format!("{v}\n")).collect::<String>();
    let column = |name: &str| all.iter().map(|p| p[name].clone()).collect::<Vec<_>>();
    let by_place = |name: &str| -> Value {
        let cells = column(name).into_iter().enumerate().map(|(i, v)| (i.to_string(), v));
        Value::Object(cells.collect())
    };
    let values = |p: &Value| json!([p["id"], p["title"], p["company"], p["description"]]);
    let names = json!(["id", "title", "company", "description"]);
    let tables: Vec<Value> = all.iter().map(values).collect();
    let keyed = |key: fn(usize) -> String| -> Value {
        Value::Object(all.iter().enumerate().map(|(i, p)| (key(i), p.clone())).collect())
    };
    let wrapped = |key: &str| all.iter().map(|p| json!({"n": 1, key: p})).collect::<Vec<_>>();
    let typed = |p: &Value| {
        let mut p = p.clone();
        p["@type"] = json!("JobPosting");
        p
    };
    let sections = |p: &Value| {
        json!({"id": p["id"], "name": p["title"], "company": {"name": "Org"}, "jobAd": {"sections": {
            "companyDescription": {"title": "Company", "text": "We are here."},
            "jobDescription": {"title": "Job", "text": p["description"]},
            "qualifications": {"title": "Needs", "text": "A degree."}}}})
    };
    let parts = |p: &Value| json!({"name": p["title"], "sections": [{"heading": "Tasks", "text": p["description"]}]});
    for (name, text) in [
        ("an array", json!(all).to_string()),
        ("lines", lines(&all)),
        ("keyed by id", keyed(|i| format!("job-{i}")).to_string()),
        ("keyed by place", keyed(|i| i.to_string()).to_string()),
        ("keyed within", json!({"ok": true, "jobs": keyed(|i| format!("j{i}"))}).to_string()),
        ("content", json!({"content": all, "totalElements": 4}).to_string()),
        ("a list in an object", json!({"meta": {"total": 4}, "jobs": all}).to_string()),
        ("deep", json!({"data": {"board": {"jobs": {"list": all}}}}).to_string()),
        ("smartrecruiters", json!({"offset": 0, "content": all.iter().map(sections).collect::<Vec<_>>()}).to_string()),
        ("sections", json!({"content": all.iter().map(parts).collect::<Vec<_>>()}).to_string()),
        ("pages", json!([{"page": 0, "jobs": all[..2]}, {"page": 1, "jobs": all[2..]}]).to_string()),
        ("pages a line", lines(&[json!({"page": 0, "jobs": all[..1]}), json!({"page": 1, "jobs": []}), json!({"jobs": all[1..]})])),
        ("arrays a line", lines(&[json!(all[..2]), json!(all[2..])])),
        ("lists in a list", json!([all[..2], all[2..]]).to_string()),
        ("two lists", json!({"open": all[..3], "soon": all[3..]}).to_string()),
        ("keyed lists", json!({"2024-01": all[..2], "2024-02": all[2..]}).to_string()),
        ("departments", json!({"departments": [{"id": 1, "name": "A", "jobs": all[..3]}, {"id": 2, "name": "B", "jobs": all[3..]}]}).to_string()),
        ("a board with a text", json!({"name": "Org", "description": "Who we are", "jobs": all}).to_string()),
        ("a feed", json!({"version": "1.1", "title": "Jobs", "description": "All jobs", "items":
            all.iter().map(|p| json!({"id": p["id"], "title": p["title"], "content_html": p["description"]})).collect::<Vec<_>>()}).to_string()),
        ("untitled, keyed", Value::Object(all.iter().enumerate().map(|(i, p)| (["a", "b", "c", "d"][i].to_owned(),
            json!({"description": p["description"], "heading": "x", "position": p["title"]}))).collect()).to_string()),
        ("keyed among others", json!({"a": all[0], "b": all[1], "c": all[2], "d": all[3], "links": {"next": 1}, "paging": {"n": 4},
            "x": {"y": 1}, "z": {"z": 2}, "w": {"w": 3}}).to_string()),
        ("one beside a list", json!({"featured": all[0], "jobs": all[1..], "site": {"title": "Jobs", "description": "All jobs"}}).to_string()),
        ("rss as json", json!({"rss": {"channel": {"title": "Jobs", "description": "All jobs", "item": all}}}).to_string()),
        ("a board with a list of any name", json!({"title": "Jobs", "description": "All", "stellen": all}).to_string()),
        ("keyed by number, two fields", Value::Object(all.iter().enumerate().map(|(i, p)|
            (i.to_string(), json!({"title": p["title"], "text": p["description"]}))).collect()).to_string()),
        ("text within", json!({"elements": all.iter().map(|p| json!({"urn": "u", "jobPosting": {"title": p["title"],
            "description": {"text": p["description"]}}})).collect::<Vec<_>>()}).to_string()),
        ("a company beside", json!({"company": {"name": "Org", "description": "We are here"}, "results": all}).to_string()),
        ("elasticsearch", json!({"took": 3, "hits": {"total": {"value": 4}, "hits": wrapped("_source")}}).to_string()),
        ("graphql", json!({"data": {"jobs": {"edges": wrapped("node"), "pageInfo": {"hasNextPage": false}}}}).to_string()),
        ("json:api", json!({"data": all.iter().map(|p| json!({"id": p["id"], "type": "jobs", "attributes":
            {"title": p["title"], "body": p["description"], "pitch": "Join us"}})).collect::<Vec<_>>(),
            "included": [{"type": "companies", "id": "1", "attributes": {"name": "Org"}}]}).to_string()),
        ("graph", json!({"@context": "https://schema.org", "@graph": [json!({"@type": "WebSite", "name": "Careers", "description": "Jobs at Org"}),
            typed(&all[0]), typed(&all[1]), typed(&all[2]), typed(&all[3]), json!({"@type": "BreadcrumbList", "itemListElement": []})]}).to_string()),
        ("item list", json!({"@type": "ItemList", "itemListElement": all.iter().enumerate().map(|(i, p)|
            json!({"@type": "ListItem", "position": i + 1, "item": typed(p)})).collect::<Vec<_>>()}).to_string()),
        ("types in an array", lines(&[json!({"@type": "Organization", "name": "Org", "description": "We are"}),
            typed(&all[0]), typed(&all[1]), typed(&all[2]), typed(&all[3])])),
        ("columns", json!({"title": by_place("title"), "description": by_place("description"), "id": by_place("id")}).to_string()),
        ("columns as lists", json!({"id": column("id"), "title": column("title"), "description": column("description")}).to_string()),
        ("split", json!({"columns": names, "index": [0, 1, 2, 3], "data": tables}).to_string()),
        ("values of a sheet", json!({"range": "A1:D5", "values": ([vec![names.clone()], tables.clone()].concat())}).to_string()),
        ("rows of values", json!(([vec![names.clone()], tables.clone()].concat())).to_string()),
        ("rows of values a line", lines(&[vec![names.clone()], tables.clone()].concat())),
    ] {
        has_all(name, &text);
    }
}

#[test]
fn what_is_no_posting_is_left_out_and_said() {
    let all = postings();
    let said =
        has_all("a board", &json!({"meta": {"total": 4}, "next": null, "jobs": all}).to_string());
    said.says(&["the rows are from \"jobs\""]).says(&["left out", "1 \"meta\"", "1 \"next\""]);
    let typed: Vec<Value> = all
        .iter()
        .map(|p| {
            let mut p = p.clone();
            p["@type"] = json!("JobPosting");
            p
        })
        .collect();
    let others = vec![
        json!({"@type": "WebSite", "name": "Org", "description": "x"}),
        json!({"@type": "BreadcrumbList"}),
    ];
    has_all("a graph", &json!({"@graph": ([others.clone(), typed.clone()].concat())}).to_string())
        .says(&["left out, as no postings: 1 BreadcrumbList, 1 WebSite"]);
    has_all("an array", &json!(([others, typed].concat())).to_string())
        .says(&["left out, as no postings: 1 BreadcrumbList, 1 WebSite"]);
    let workspace = Workspace::with(
        "in.json",
        json!({"values": [["title", "text"], ["Baker", "Bread"], ["Cook"]]}).to_string(),
    );
    let ran = workspace.rolecall(&["classify", "in.json", "-o", "out.csv"]).succeeds();
    ran.says(&["1 of 2 rows", "the row has 1 values and the header 2"]);
}

#[test]
fn the_key_of_a_posting_is_its_identity() {
    let all = json!({"a7": {"title": "Baker", "text": "Bread", "pay": 1}, "b8": {"title": "Cook", "text": "Soup", "pay": 2}});
    let (_, rows) = classified(&all.to_string(), &[]);
    assert_eq!((&rows[0]["id"], &rows[1]["id"]), (&json!("a7"), &json!("b8")));
    let all = json!({"a7": {"id": 1, "title": "Baker", "text": "Bread"}, "2": {"id": 2, "title": "Cook", "text": "Soup"}});
    let (_, rows) = classified(&all.to_string(), &[]);
    assert_eq!(
        (&rows[1]["id"], &rows[1]["key"], rows[0].get("key")),
        (&json!(1), &json!("a7"), None)
    );
}

#[test]
fn a_posting_with_lists_and_objects_is_one_row() {
    let parts = json!([{"title": "Tasks", "text": "Write user stories"}, {"title": "Needs", "text": "Scrum"}]);
    for posting in [
        json!({"title": "Product Owner", "description": DUTIES, "similar": postings()}),
        json!({"title": "Product Owner", "description": DUTIES, "locations": [{"name": "Ulm"}], "tags": ["a", "b"]}),
        json!({"title": "Product Owner", "description": [DUTIES, "And more."]}),
        json!({"job": {"title": "Product Owner", "description": DUTIES}, "company": {"name": "Org", "description": "We"}}),
        json!({"title": "Product Owner", "sections": parts}),
        json!({"title": "Product Owner", "description": {"text": DUTIES}}),
        json!({"data": {"job": {"title": "Product Owner", "description": DUTIES, "company": {"name": "Org"}}}}),
    ] {
        for (text, wanted) in [
            (posting.to_string(), 1),
            (json!([posting, posting]).to_string(), 2),
            (format!("{posting}\n{posting}\n"), 2),
        ] {
            let (ran, rows) = classified(&text, &[]);
            assert_eq!(rows.len(), wanted, "{text}\n{ran:?}");
            assert!(rows.iter().all(|row| row["title_role"] == "product_owner"), "{text}");
        }
    }
}

#[test]
fn a_document_without_a_text_names_the_columns_of_its_list() {
    let text = json!({"meta": 1, "jobs": [{"headline": "Baker", "what": "Bread"}]}).to_string();
    let refused = Workspace::with("in.json", text).rolecall(&["classify", "in.json"]).fails();
    assert!(
        refused.contains("in its list \"jobs\"") && refused.contains("\"headline\", \"what\""),
        "{refused}"
    );
    for failed in
        [json!({"errors": ["unauthorised"], "data": []}), json!({"error": "no such board"})]
    {
        let workspace = Workspace::with("in.json", failed.to_string());
        workspace.rolecall(&["classify", "in.json"]).fails();
    }
}

#[test]
fn objects_with_a_text_and_no_title_are_rows() {
    let keyed =
        json!({"a": {"description": "Bread", "x": 1}, "b": {"description": "Soup", "x": 2}});
    let (ran, rows) = classified(&keyed.to_string(), &[]);
    assert_eq!((rows.len(), &rows[1]["id"]), (2, &json!("b")), "{ran:?}");
    let similar = json!([{"title": "PO", "description": DUTIES, "similar": postings()}]);
    let (ran, _) = classified(&similar.to_string(), &[]);
    ran.says(&["lists of objects like postings", "\"similar\""]);
}

#[test]
fn rows_are_numbered_by_their_lines() {
    let text = "{\"jobs\": [\n{\"title\": \"Baker\", \"text\": \"Bread\"},\n\n{\"title\": \"Cook\", \"text\": {\n}}\n]}\n";
    let workspace = Workspace::with("in.json", text.replace("{\n}", "\"Soup\""));
    let ran = workspace.rolecall(&["explain", "in.json", "--row", "2"]).succeeds();
    assert!(ran.text().contains("Cook"), "{}", ran.text());
}

#[test]
fn many_keys_take_little_memory() {
    let wide: serde_json::Map<String, Value> =
        (0..20_000).map(|i| (format!("k{i}"), json!(i))).collect();
    let mut text = format!("{}\n", Value::Object(wide));
    text.insert_str(1, "\"z\":1,");
    text += &"{\"title\": \"Baker\", \"text\": \"Bread\"}\n".repeat(600);
    let (_, rows) = classified(&text, &[]);
    assert_eq!(
        (rows.len(), &rows[0]["k19999"], &rows[600]["text"]),
        (601, &json!(19_999), &json!("Bread"))
    );
    let workspace = Workspace::with("in.jsonl", text);
    workspace.rolecall(&["classify", "in.jsonl", "-o", "out.csv", "-q"]).succeeds();
    let table = workspace.table("out.csv");
    assert!(table.header.len() < 5000, "{}", table.header.len());
    assert!(table.column("other_fields")[0].contains("\"k19999\":\"19999\""));
    assert_eq!(table.column("text")[600], "Bread");
}

#[test]
fn objects_that_are_not_closed_are_passed_in_linear_time() {
    let sound = "{\"title\": \"PO\", \"text\": \"own the backlog\"}";
    for wrong in ["{\"title\":{ }", "{\"title\":[{ }"] {
        let text = format!(
            "[{sound}{}{}]",
            format!(",{wrong}").repeat(20_000),
            format!(",{sound}").repeat(50)
        );
        let workspace = Workspace::with("in.json", text);
        let began = std::time::Instant::now();
        workspace.rolecall(&["classify", "in.json", "-o", "out.jsonl", "-q"]).succeeds();
        assert!(began.elapsed().as_secs() < 60, "{wrong}: {:?}", began.elapsed());
        assert!(workspace.read("out.jsonl").split(|b| *b == b'\n').count() > 50, "{wrong}");
    }
}
