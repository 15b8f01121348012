#include "ingest/rules.h"

#include "ingest/network.h"
#include "json/codec.h"
#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

constexpr std::string_view kPerson =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

Rule rule(Apart apart, std::string field, RuleOp op, std::vector<std::string> values = {}) {
  return {field + " " + std::string(json::enum_name(op)), apart, field, op, std::move(values), true};
}

std::shared_ptr<const RuleSet> made(std::vector<Rule> rules) {
  auto set = RuleSet::make(std::move(rules));
  EXPECT_TRUE(set) << set.error().message;
  return *set;
}

/// Flags of one event, properties with ' instead of ".
uint32_t flags(const RuleSet& set, std::string_view kind, std::vector<events::Identifier> ids, std::string properties,
               std::string traits = "{}") {
  for (std::string* text : {&properties, &traits}) std::replace(text->begin(), text->end(), '\'', '"');
  json::Object p = json::parse_object(properties).value(), t = json::parse_object(traits).value();
  return set.flags_of({kind, ids, &p, &t, 0});
}

TEST(Network, AddressesOfBothFamilies) {
  for (std::string_view good : {"1.2.3.4", "255.255.255.255", "0.0.0.0", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8",
                                "::ffff:1.2.3.4", "64:ff9b::1.2.3.4", "1::8", "2001:DB8::a"})
    EXPECT_TRUE(parse_address(good)) << good;
  for (std::string_view bad : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.-4", "1.2.3.4 ", ":",
                               ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
                               "1:2:3:4:5:6:7:", "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "1:2:3:4:5:6:7::8"})
    EXPECT_FALSE(parse_address(bad)) << bad;
  EXPECT_EQ(parse_address("::ffff:1.2.3.4"), parse_address("1.2.3.4"));
  EXPECT_EQ(parse_address("2001:db8:0:0:0:0:0:1"), parse_address("2001:db8::1"));
}

TEST(Network, HoldsWhatItsPrefixSays) {
  auto in = [](std::string_view network, std::string_view address) {
    auto parsed = parse_network(network);
    EXPECT_TRUE(parsed) << network;
    return parsed && parsed->contains(parse_address(address).value());
  };
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(in("203.0.113.64/26", "203.0.113.127"));
  EXPECT_FALSE(in("203.0.113.64/26", "203.0.113.128"));
  EXPECT_TRUE(in("203.0.113.77/26", "203.0.113.64")) << "bits behind the prefix do not count";
  EXPECT_TRUE(in("0.0.0.0/0", "9.9.9.9"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(in("10.1.2.3", "::ffff:10.1.2.3"));
  for (std::string_view bad : {"10.0.0.0/33", "10.0.0.0/", "/8", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8"})
    EXPECT_FALSE(parse_network(bad)) << bad;
}

TEST(RuleSet, TheDefaultsKnowProgramsAndLeavePeopleAlone) {
  auto set = made(default_rules());
  for (std::string_view bot :
       {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.4.0",
        "python-requests/2.31.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; bingbot/2.0)", "SomeNewCrawler/1.0"})
    EXPECT_EQ(set->of_request(bot, "203.0.113.1"), events::kBot) << bot;
  for (std::string_view person :
       {kPerson, std::string_view("Mozilla/5.0 (Linux; Android 9; CUBOT_X19) Chrome/90 Mobile Safari/537.36"),
        std::string_view("okhttp/4.9.3"), std::string_view("MyShop/3.1 CFNetwork/1410 Darwin/22.6.0"),
        std::string_view("")})
    EXPECT_EQ(set->of_request(person, "203.0.113.1"), 0u) << person;
}

TEST(RuleSet, TheDefaultsKnowTrials) {
  auto set = made(default_rules());
  EXPECT_EQ(flags(*set, "Order Completed", {{"user_id", "7"}}, "{'test':true}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Completed", {{"user_id", "7"}}, "{'test':'false'}"), 0u);
  EXPECT_EQ(flags(*set, "Order Completed", {{"user_id", "7"}}, "{'is_test':1}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Completed", {{"user_id", "7"}}, "{'coupon':'test10'}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Completed", {{"user_id", "7"}}, "{'coupon':'LATEST'}"), 0u);
  EXPECT_EQ(flags(*set, "Order Paid", {{"user_id", "7"}}, "{'payment_gateway':'Bogus'}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Paid", {{"email", "Ada+test@shop.fr"}}, "{}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Paid", {{"email", "ada@example.com"}}, "{}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Paid", {{"user_id", "ada@example.com"}}, "{}"), 0u) << "not an e-mail address there";
  EXPECT_EQ(flags(*set, "Customer Updated", {{"user_id", "7"}}, "{}", "{'email':'x@example.org'}"), events::kTest);
  EXPECT_EQ(flags(*set, "Customer Updated", {{"user_id", "7"}}, "{'email':'x@example.org'}"), events::kTest);
  EXPECT_EQ(flags(*set, "Order Completed", {{"email", "ada@shop.fr"}}, "{'total':5,'currency':'EUR'}"), 0u);
}

TEST(RuleSet, StaffByDomainAndOffice) {
  auto set = made({rule(Apart::staff, "email", RuleOp::ends_with, {"@Brand.example"}),
                   rule(Apart::staff, "ip", RuleOp::in_network, {"198.51.100.0/24", "2001:db8::/32"})});
  EXPECT_EQ(flags(*set, "x", {{"email", "eve@brand.EXAMPLE"}}, "{}"), events::kStaff);
  EXPECT_EQ(flags(*set, "x", {{"email", "eve@brand.example.org"}}, "{}"), 0u);
  EXPECT_EQ(set->of_request(kPerson, "198.51.100.9"), events::kStaff);
  EXPECT_EQ(set->of_request(kPerson, "::ffff:198.51.100.9"), events::kStaff);
  EXPECT_EQ(set->of_request(kPerson, "2001:db8:1::"), events::kStaff);
  EXPECT_EQ(set->of_request(kPerson, "198.51.101.9"), 0u);
  EXPECT_EQ(set->of_request(kPerson, ""), 0u);
}

TEST(RuleSet, EveryFieldAndComparison) {
  auto set = made({rule(Apart::bot, "kind", RuleOp::starts_with, {"Debug"}),
                   rule(Apart::staff, "identifier", RuleOp::equals, {"4711"}),
                   rule(Apart::test, "property:store_id", RuleOp::equals, {"12"}),
                   rule(Apart::bot, "property:path", RuleOp::contains, {"/admin/"}),
                   rule(Apart::staff, "property:ip", RuleOp::in_network, {"10.0.0.0/8"})});
  EXPECT_EQ(flags(*set, "debug Ping", {}, "{}"), events::kBot);
  EXPECT_EQ(flags(*set, "Ping debug", {}, "{}"), 0u);
  EXPECT_EQ(flags(*set, "x", {{"anonymous_id", "1"}, {"user_id", "4711"}}, "{}"), events::kStaff);
  EXPECT_EQ(flags(*set, "x", {}, "{'store_id':12}"), events::kTest) << "a number is compared as its digits";
  EXPECT_EQ(flags(*set, "x", {}, "{'store_id':'12'}"), events::kTest);
  EXPECT_EQ(flags(*set, "x", {}, "{'store_id':[12],'path':null}"), 0u);
  EXPECT_EQ(flags(*set, "x", {}, "{'path':'/shop/Admin/users','ip':'10.2.3.4'}"), events::kBot | events::kStaff);
  EXPECT_EQ(flags(*set, "x", {}, "{'a':{'path':'/admin/'}}"), 0u) << "only at the top";
}

TEST(RuleSet, WhatIsOffOrWithoutValuesMatchesNothing) {
  Rule off = rule(Apart::bot, "user_agent", RuleOp::contains, {"chrome"});
  off.is_enabled = false;
  auto set = made({off, rule(Apart::staff, "email", RuleOp::ends_with)});
  EXPECT_EQ(set->of_request(kPerson, "1.2.3.4"), 0u);
  EXPECT_EQ(flags(*set, "x", {{"email", "a@b.c"}}, "{}"), 0u);
}

TEST(RuleSet, ErrorsNameTheRuleAndTheMember) {
  auto field_of = [](Rule bad) {
    auto set = RuleSet::make({rule(Apart::bot, "kind", RuleOp::equals, {"fine"}), std::move(bad)});
    EXPECT_FALSE(set);
    EXPECT_EQ(set.error().code, Code::invalid);
    EXPECT_NE(set.error().message.find("the rule "), std::string::npos);
    return set.error().field;
  };
  EXPECT_EQ(field_of({"", Apart::bot, "kind", RuleOp::equals, {"x"}, true}), "rules[1].name");
  EXPECT_EQ(field_of({"kind equals", Apart::bot, "kind", RuleOp::equals, {"x"}, true}), "rules[1].name");
  EXPECT_EQ(field_of(rule(Apart::bot, "useragent", RuleOp::equals, {"x"})), "rules[1].field");
  EXPECT_EQ(field_of(rule(Apart::bot, "property:", RuleOp::equals, {"x"})), "rules[1].field");
  EXPECT_EQ(field_of(rule(Apart::bot, "ip", RuleOp::contains, {"10."})), "rules[1].op");
  EXPECT_EQ(field_of(rule(Apart::bot, "email", RuleOp::is_true)), "rules[1].op");
  EXPECT_EQ(field_of(rule(Apart::bot, "property:a", RuleOp::is_true, {"x"})), "rules[1].values");
  EXPECT_EQ(field_of(rule(Apart::bot, "ip", RuleOp::in_network, {"10.0.0.0/8", "10.0.0/8"})), "rules[1].values[1]");
  EXPECT_EQ(field_of(rule(Apart::bot, "email", RuleOp::contains, {"a"})), "rules[1].values[0]");
  EXPECT_EQ(field_of(rule(Apart::bot, "email", RuleOp::contains, {" bot "})), "rules[1].values[0]");
  EXPECT_EQ(field_of(rule(Apart::bot, "email", RuleOp::equals, {""})), "rules[1].values[0]");
}

// The ready rules against the plain reading of what a rule says, on random rules and random events.
bool plainly(RuleOp op, std::string text, std::string value) {
  for (std::string* s : {&text, &value})
    for (char& c : *s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  switch (op) {
    case RuleOp::contains: return text.find(value) != text.npos;
    case RuleOp::equals: return text == value;
    case RuleOp::starts_with: return text.rfind(value, 0) == 0;
    case RuleOp::ends_with:
      return text.size() >= value.size() && text.compare(text.size() - value.size(), value.size(), value) == 0;
    default: return false;
  }
}

TEST(RuleSet, AgreesWithAPlainReading) {
  Random random(20);
  auto word = [&](int64_t low, int64_t high) {
    std::string out;
    for (int64_t i = random.between(low, high); i > 0; --i) out += "abAB./"[random.below(6)];
    return out;
  };
  const std::vector<std::string> fields = {"user_agent", "kind", "identifier", "email", "property:aa", "property:b"};
  int hits = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<Rule> rules;
    for (int i = 0; i < 5; ++i) {
      Rule one = rule(Apart{static_cast<int>(random.below(3))}, fields[random.below(6)], RuleOp(random.below(4)));
      one.name = fmt::format("{}", i);
      for (int v = 0; v < 3; ++v) one.values.push_back(word(2, 4));
      rules.push_back(one);
    }
    std::string agent = word(0, 20), kind = word(1, 6);
    std::vector<events::Identifier> ids = {{"email", word(1, 8)}, {"user_id", word(1, 5)}};
    json::Object properties{{"aa", word(0, 6)}, {"b", word(0, 6)}, {"ab", word(0, 6)}, {"email", word(0, 6)}};
    auto set = made(rules);
    uint32_t expected = 0;
    for (const Rule& r : rules) {
      std::vector<std::string> texts;
      auto text_at = [&](std::string_view name) { return std::string(*json::text_at(properties, name)); };
      if (r.field == "user_agent") texts = {agent};
      if (r.field == "kind") texts = {kind};
      if (r.field == "identifier") texts = {ids[0].value, ids[1].value};
      if (r.field == "email") texts = {ids[0].value, text_at("email")};
      if (r.field.starts_with("property:")) texts = {text_at(r.field.substr(9))};
      for (const std::string& text : texts)
        for (const std::string& value : r.values)
          if (plainly(r.op, text, value)) expected |= events::kBot << static_cast<int>(r.sets_apart);
    }
    Facts facts{kind, ids, &properties, nullptr, set->of_request(agent, "")};
    ASSERT_EQ(set->flags_of(facts), expected) << "round " << round;
    uint32_t explained = 0;
    for (const auto& match : set->explain(agent, "", facts))
      explained |= events::kBot << static_cast<int>(match.sets_apart);
    ASSERT_EQ(explained, expected) << "round " << round;
    hits += expected != 0;
  }
  EXPECT_GT(hits, 200);
  EXPECT_LT(hits, 1900);
}

class RulesTest : public test::OnStores {};
CAIRN_ON_STORES(RulesTest);

TEST_P(RulesTest, StoredAuditedAndThereAfterARestart) {
  auto rules = Rules::open(world_, store()).value();
  EXPECT_EQ(rules->list().version, 0);
  EXPECT_EQ(rules->list().rules, default_rules());
  auto actor = accounts::Actor::operator_of_machine();
  std::vector<Rule> mine = {rule(Apart::bot, "user_agent", RuleOp::contains, {"chrome"})};
  Verdict before = rules->of_request(SourceForm::browser, kPerson, "1.2.3.4");
  auto saved = rules->save(actor, mine, 0);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->version, 1);
  EXPECT_EQ(before.flags, 0u) << "a request is judged by the rules that it began with";
  EXPECT_EQ(rules->of_request(SourceForm::browser, kPerson, "1.2.3.4").flags, events::kBot);
  EXPECT_EQ(rules->of_request(SourceForm::server, kPerson, "1.2.3.4").flags, 0u) << "a server's program is a program";
  EXPECT_EQ(rules->of_request(SourceForm::webhook, kPerson, "1.2.3.4").flags, 0u);

  auto late = rules->save(actor, {}, 0);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::conflict);
  EXPECT_EQ(rules->list().rules, mine);

  auto again = Rules::open(world_, store()).value();
  EXPECT_EQ(again->list().rules, mine);
  EXPECT_EQ(again->list().version, 1);
  std::vector<accounts::AuditEntry> audit;
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    audit = TRY(accounts::audit_before(session, INT64_MAX, 10));
    return {};
  }));
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].act, "rules_changed");
}

}  // namespace
}  // namespace cairn::ingest
