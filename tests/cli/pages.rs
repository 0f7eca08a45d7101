//! Web pages that were saved, and feeds.

use crate::workspace::{Table, Workspace};

const DUTIES: &str = "You order the backlog of our ferry app, write user stories with acceptance criteria and plan each \
    sprint with the Scrum team.";

/// What `classify` makes of a file, and what it says.
fn classified(bytes: &str) -> (Table, String) {
    let workspace = Workspace::with("in.txt", bytes);
    let arguments = ["classify", "in.txt", "-o", "out.csv", "--no-evidence"];
    let said = workspace.rolecall(&arguments).succeeds().lines.join("\n");
    let table = workspace.table("out.csv");
    let piped = workspace.rolecall(&["classify", "--format", "csv", "--no-evidence"]);
    assert_eq!(piped.stdin(bytes).succeeds().table().rows, table.rows);
    (table, said)
}

fn page(scripts: &[&str]) -> String {
    let script = |json: &&str| format!("<script type='application/ld+json'>\n{json}\n</script>\n");
    let scripts: String = scripts.iter().map(script).collect();
    format!("<!doctype html>\n<html><head>{scripts}</head><body>{{\"title\": 1}}</body></html>\n")
}

fn posting(title: &str) -> String {
    format!(
        r#"{{"@type": "JobPosting", "title": "{title}", "description": "<p>{DUTIES}</p>", "hiringOrganization": {{"@type": "Organization", "name": "Ferry"}}}}"#
    )
}

#[test]
fn postings_of_saved_pages_are_rows() {
    let site = r#"{"@type": "WebSite", "name": "Ferry", "description": "We sail"}"#;
    let (one, two) = (posting("Product Owner"), posting("Baker"));
    let graph =
        format!(r#"{{"@context": "https://schema.org", "@graph": [{site}, {one}, {two}]}}"#);
    let list = format!(
        r#"{{"@type": "ItemList", "itemListElement": [{{"@type": "ListItem", "item": {one}}}, {{"@type": "ListItem", "item": {two}}}]}}"#
    );
    for scripts in [
        &[site, &one, &two][..],
        &[&graph],
        &[&list, site],
        &[&format!("[{one}, {site}]"), &two],
        &[&format!("//<![CDATA[\n{one}\n//]]>"), &two.replace('"', "&quot;")],
    ] {
        let (table, said) = classified(&page(scripts));
        let title = table.header.iter().find(|name| name.ends_with("title")).expect("a title");
        assert_eq!(table.column(title), ["Product Owner", "Baker"], "{scripts:?}");
        assert_eq!(table.column("predicted_role")[0], "product_owner");
        assert!(said.contains("company from"), "{said}");
        assert_eq!(said.contains("1 WebSite"), scripts.concat().contains("WebSite"), "{said}");
    }
    // A script that is wrong costs itself alone, and its line is told.
    let broken = one.replacen(',', "", 1);
    let split = two.replace("sprint", "\nsprint\t");
    let (table, said) = classified(&page(&[&broken, &split]));
    assert_eq!(table.column("title"), ["Baker"]);
    assert!(said.contains("line 3: it is not sound JSON"), "{said}");
    let workspace = Workspace::with("in.html", page(&[site]));
    let refused = workspace.rolecall(&["classify", "in.html"]).fails();
    assert!(refused.contains("without data of a job posting"), "{refused}");
}

#[test]
fn entries_of_feeds_are_rows() {
    let duties = DUTIES;
    for feed in [
        format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<rss xmlns:content=\"x\" xmlns:jobs=\"y\"><channel>\
             <title>Ferry</title>\n<item><title>Product Owner &amp; more</title><jobs:company>Köln</jobs:company>\
             <description>You ...</description><content:encoded><![CDATA[<p>{duties}</p>]]></content:encoded></item>\
             <item><title>Baker</title><description>&lt;p&gt;Bread&lt;/p&gt;</description></item></channel></rss>"
        ),
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Ferry</title><entry><title>Product Owner &#38; more\
             </title><author><name>Ada</name></author><company>Köln</company><content type=\"xhtml\"><div><p>{duties}\
             </p></div></content></entry><entry><title>Baker</title><content>Bread</content></entry></feed>"
        ),
        format!(
            "<jobs><made>2026</made><job id=\"7\"><title>Product Owner &amp; more</title><company>Köln</company>\
             <description>{duties}</description></job>\n<job><title>Baker</title><description/></job></jobs>"
        ),
        format!(
            "<!-- ours -->\n<export><by>me</by><Ausschreibung><title>Product Owner &amp; more</title><firma>Köln</firma>\
             <description>{duties}</description></Ausschreibung><Ausschreibung><title>Baker</title><description>Bread\
             </description></Ausschreibung></export>"
        ),
    ] {
        let (table, said) = classified(&feed);
        assert_eq!(table.column("title"), ["Product Owner & more", "Baker"], "{feed}");
        assert_eq!(table.column("predicted_role")[0], "product_owner", "{feed}");
        assert!(said.contains("company from") && said.contains("left out, as no post"), "{said}");
        assert!(said.contains("2 rows in, 2 out") && !said.contains("encoding"), "{said}");
    }
    let empty = Workspace::with("in.xml", "<rss><channel><title>Ferry</title></channel></rss>");
    empty.rolecall(&["classify", "in.xml"]).succeeds().says(&["there are no rows in it"]);
}

#[test]
fn xml_that_is_broken_or_hostile_is_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><jobs><job><title>PO</title>\
                <description>&b;</description></job></jobs>";
    let (table, _) = classified(bomb);
    assert_eq!(table.column("description"), ["&b;"]);
    let deep = format!("<jobs><job><description>{}", "<x>".repeat(1 << 16));
    for (xml, says) in [
        (&deep[..], "nested too deep"),
        ("<jobs>\n<job><title>A</title>", "line 2: the XML is broken or cut"),
        ("<jobs>\n<job><title>A</titel></job></jobs>", "line 2: the XML is broken or cut"),
        ("<settings><size>1</size></settings>", "it is XML without an element"),
    ] {
        let workspace = Workspace::with("in.xml", xml);
        let refused = workspace.rolecall(&["classify", "in.xml", "-o", "out.csv"]).fails();
        assert!(refused.contains("in.xml") && refused.contains(says), "{refused}");
        assert!(!workspace.path("out.csv").exists());
    }
}
