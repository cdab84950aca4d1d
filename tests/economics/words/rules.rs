//! Protects what a comparison says of rules: each sentence with a world that earns it and a near twin that does not.

use super::member;
use catchup::compare::Comparison;
use catchup::model::policy::Sustain;
use catchup::model::rule::Rule;
use catchup::words::comparison::answer;

const WORLD: &str = r#"schema_version = 1
regions = { poor = "Norte", rich = "Germany" }
time.horizon = 60
growth.x = 0.02
catch_up.beta = 0.05
sector.cloth = { label = "Wool & cloth", lambda = 1.1, y_R = 1, y_P = 0.9, Z_P = 0.5 }
sector.chips = { lambda = 1.9, y_R = 1, y_P = 0.6, Z_P = 0.5 }
"#;

/// What is said of these rules, each held where it may be, beside the region left alone.
fn said(rules: &[Rule], sets: &[&str]) -> String {
    let run = |name: &str, policy: String| {
        let own = [format!("name={name}"), format!("title='{name}'"), policy];
        member(WORLD, &sets.iter().copied().chain(own.iter().map(String::as_str)).collect::<Vec<_>>())
    };
    let mut members = vec![run("alone", "policy=[]".to_owned())];
    for rule in rules {
        let sustain = if rule.allows(Sustain::Always) { "always" } else { "if-equilibrium" };
        members.push(run(rule.name(), format!("policy=[{{promote={{rule='{}'}}, sustain='{sustain}'}}]", rule.name())));
    }
    answer(&Comparison::new("rules".to_owned(), 0, members)).join("\n")
}

#[track_caller]
fn says(text: &str, part: &str, does: bool) {
    assert_eq!(text.contains(part), does, "{part}\n{text}");
}

const TWO: [Rule; 2] = [Rule::StrongestExternality, Rule::ComparativeAdvantage];

#[test]
fn which_rules_agree_is_said_of_several() {
    let all = said(&Rule::ALL, &[]);
    says(
        &all,
        "The strongest externality and Pigou's rule name chips; comparative advantage, revealed advantage, Porter's rule and \
         discounted comparative advantage name Wool & cloth; reinforcing what stands names none.",
        true,
    );
    says(
        &all,
        "Of the rules, Norte fares best by comparative advantage (the paper), revealed advantage (trade statistics), Porter's rule \
         and discounted comparative advantage (the index).",
        true,
    );
    says(&all, "a cluster in Wool & cloth promoted from year 0 on, named by comparative advantage", true);
    let standing = said(&Rule::ALL, &["poor.start=cluster:cloth"]);
    says(&standing, "reinforcing what stands", true);
    says(&standing, "names none", false);
    says(&said(&[Rule::Index], &[]), "Of the rules", false);
    let alike = said(&[Rule::ComparativeAdvantage, Rule::Index], &[]);
    says(&alike, "Comparative advantage and discounted comparative advantage name Wool & cloth.", true);
    says(&alike, "Both rules are worth the same to Norte.", true);
    // What has no present value is not better, it ends nearer.
    let endless = said(&TWO, &["welfare.discount_rate=0"]);
    says(&endless, "Of the rules, Norte ends with the lowest gap by comparative advantage (the paper).", true);
    says(&endless, "fares", false);
}

#[test]
fn why_a_rule_is_wrong_is_said_where_its_formula_shows_it() {
    let targeting = "Industrial targeting picks chips for its λ of 1.9; Germany has its cluster there too, and the price is lower by as much.";
    let paradox = "is still the worse choice";
    let wrong = said(&TWO, &[]);
    says(&wrong, targeting, true);
    says(&wrong, paradox, false);
    // Right after all, without a cluster of R there, with a weaker externality, or under closed trade it is not said.
    for twin in [
        &["sector.chips.y_P=1.2"][..],
        &["sector.chips.cluster_R=false", "sector.chips.y_P=0.4"],
        &["sector.cloth.lambda=1.95"],
        &["poor.trade=closed"],
    ] {
        says(&said(&TWO, twin), "Industrial targeting picks", false);
    }

    let pair = [Rule::RevealedAdvantage, Rule::ComparativeAdvantage];
    let patient =
        ["welfare.discount_rate=0.005", "sector.chips.Z_P=0.9", "sector.chips.y_P=0.7", "sector.chips.lambda=1.2"];
    let statistics = "Trade statistics point to chips, where Norte is less behind today; Wool & cloth has the lasting advantage \
                      (y_P/y_R = 0.9 against 0.7).";
    says(&said(&pair, &patient), statistics, true);
    // Where they point to the same, and where what pays today is worth more.
    says(&said(&pair, &[]), "Trade statistics point", false);
    let hasty = [&patient[1..], &["welfare.discount_rate=0.9"]].concat();
    says(&said(&pair, &hasty), "Trade statistics point", false);

    let counted = ["sector.chips.y_P=0.75"];
    let twice =
        "Pigou's rule pays chips for its λ of 1.9, which Germany's own cluster has taken out of the price already.";
    let two = [Rule::Pigou, Rule::ComparativeAdvantage];
    says(&said(&two, &counted), twice, true);
    says(&said(&two, &["sector.chips.y_P=0.4"]), "Pigou's rule pays", false);
}
