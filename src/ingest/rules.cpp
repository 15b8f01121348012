#include "ingest/rules.h"

#include "base/log.h"
#include "json/codec.h"

namespace cairn::ingest {
namespace {

constexpr std::string_view kSetting = "ingest.rules";

/// As it is stored.
struct Stored {
  int64_t version = 0;
  std::vector<Rule> rules;
};
BOOST_DESCRIBE_STRUCT(Stored, (), (version, rules))

Rule rule(std::string name, Apart apart, std::string field, RuleOp op, std::vector<std::string> values = {}) {
  return {std::move(name), apart, std::move(field), op, std::move(values), true};
}

// Names that the programs give themselves. Not `bot` alone, which is in the name of a phone maker; not `okhttp`, which
// is what shopping apps on Android are written with.
std::vector<Rule> bot_rules() {
  return {
      rule("Search engines", Apart::bot, "user_agent", RuleOp::contains, {"googlebot",       "google-inspectiontool",
                                                                          "adsbot-google",   "mediapartners-google",
                                                                          "storebot-google", "bingbot",
                                                                          "bingpreview",     "adidxbot",
                                                                          "applebot",        "duckduckbot",
                                                                          "yandexbot",       "yandex.com/bots",
                                                                          "baiduspider",     "sogou",
                                                                          "slurp",           "petalbot",
                                                                          "seznambot",       "qwantify",
                                                                          "qwantbot",        "naver.me"}),
      rule("Link previews", Apart::bot, "user_agent", RuleOp::contains,
           {"facebookexternalhit", "meta-externalagent", "twitterbot", "linkedinbot", "pinterestbot", "telegrambot",
            "discordbot", "slackbot", "slack-imgproxy", "redditbot", "embedly", "skypeuripreview"}),
      rule("Crawlers", Apart::bot, "user_agent", RuleOp::contains,
           {"crawler",         "spider",         "ahrefsbot",     "semrushbot", "mj12bot",       "dotbot",
            "dataforseobot",   "screaming frog", "bytespider",    "gptbot",     "oai-searchbot", "chatgpt-user",
            "claudebot",       "claude-web",     "perplexitybot", "amazonbot",  "ccbot",         "ia_archiver",
            "archive.org_bot", "scrapy",         "http://",       "https://"}),
      rule("Driven browsers", Apart::bot, "user_agent", RuleOp::contains,
           {"headlesschrome", "phantomjs", "puppeteer", "playwright", "selenium", "chrome-lighthouse", "pagespeed",
            "gtmetrix", "webpagetest", "prerender"}),
      rule("Programs", Apart::bot, "user_agent", RuleOp::starts_with,
           {"curl/", "wget/", "python-", "python/", "aiohttp/", "go-http-client/", "java/", "apache-httpclient/",
            "libwww-perl/", "ruby", "php/", "guzzlehttp/", "axios/", "node-fetch", "node", "undici", "postmanruntime/",
            "insomnia/", "httpie/"}),
      rule("Uptime monitors", Apart::bot, "user_agent", RuleOp::contains,
           {"uptimerobot", "pingdom", "statuscake", "site24x7", "better uptime", "betterstack", "datadog",
            "newrelicpinger", "checkly", "hetrixtools", "freshping", "updown.io", "monitis", "uptime-kuma"}),
  };
}

std::vector<Rule> make_defaults() {
  std::vector<Rule> out = bot_rules();
  out.push_back(rule("Our e-mail addresses", Apart::staff, "email", RuleOp::ends_with));
  out.push_back(rule("Our offices", Apart::staff, "ip", RuleOp::in_network));
  // RFC 2606, section 3: nobody receives mail there.
  out.push_back(rule("Made-up e-mail addresses", Apart::test, "email", RuleOp::ends_with,
                     {"@example.com", "@example.org", "@example.net", ".test", ".example", ".invalid"}));
  out.push_back(rule("E-mail addresses for trials", Apart::test, "email", RuleOp::contains, {"+test@", "+test."}));
  out.push_back(rule("Orders marked test", Apart::test, "property:test", RuleOp::is_true));
  out.push_back(rule("Orders marked is_test", Apart::test, "property:is_test", RuleOp::is_true));
  out.push_back(rule("Test coupons", Apart::test, "property:coupon", RuleOp::starts_with, {"TEST"}));
  out.push_back(rule("Test gateways", Apart::test, "property:payment_gateway", RuleOp::equals,
                     {"bogus", "test", "dummy", "fake"}));
  out.push_back(rule("Test payment methods", Apart::test, "property:payment_method", RuleOp::equals,
                     {"bogus", "test", "dummy", "fake"}));
  return out;
}

}  // namespace

const std::vector<Rule>& default_rules() {
  static const std::vector<Rule> rules = make_defaults();
  return rules;
}

std::vector<std::string_view> set_apart_names(uint32_t flags) {
  std::vector<std::string_view> out;
  if (flags & events::kBot) out.push_back("bot");
  if (flags & events::kStaff) out.push_back("staff");
  if (flags & events::kTest) out.push_back("test");
  return out;
}

Result<std::unique_ptr<Rules>> Rules::open(World& world, db::Store& store) {
  std::unique_ptr<Rules> out(new Rules(world, store));
  std::optional<std::string> text;
  TRY(store.read([&](db::Session& session) -> Result<void> {
    text = TRY(session.first("events.setting", {{"name", kSetting}},
                             [](const db::Row& row) { return std::string(row.text(0)); }));
    return {};
  }));
  Stored stored{0, default_rules()};
  if (text) stored = TRY(json::decode_text<Stored>(*text));
  out->set_ = TRY(RuleSet::make(std::move(stored.rules)));
  out->version_ = stored.version;
  return out;
}

std::shared_ptr<const RuleSet> Rules::current() const {
  std::lock_guard lock(mutex_);
  return set_;
}

Rules::Listed Rules::list() const {
  std::lock_guard lock(mutex_);
  return {set_->rules(), version_};
}

Verdict Rules::of_request(SourceForm form, std::string_view user_agent, std::string_view ip) const {
  Verdict out{0, current()};
  if (form == SourceForm::browser) out.flags = out.rules->of_request(user_agent, ip);
  return out;
}

Result<Rules::Listed> Rules::save(const accounts::Actor& actor, std::vector<Rule> rules, int64_t expected_version) {
  auto set = TRY(RuleSet::make(std::move(rules)));
  Stored stored{expected_version + 1, set->rules()};
  std::string text = json::encode_text(stored);
  std::string detail = fmt::format("version {}, {} rules", stored.version, stored.rules.size());
  TRY(store_.write_now(db::Lane::people, [=, this](db::Transaction& tx) -> Result<void> {
    // What is stored decides, not what is in memory: of two who save at once only one finds its version.
    auto kept = TRY(
        tx.first("events.setting", {{"name", kSetting}}, [](const db::Row& row) { return std::string(row.text(0)); }));
    int64_t version = 0;
    if (kept) version = TRY(json::decode_text<Stored>(*kept)).version;
    if (version != expected_version)
      return fail(Code::conflict, "somebody changed the rules meanwhile; look at them again and repeat your change");
    TRY(tx.run("events.set_setting", {{"name", kSetting}, {"value", text}}));
    TRY(accounts::write_audit(tx, world_.clock.now(), actor, {"rules_changed", "ingest.rules", detail}));
    tx.on_commit([this, set, version = stored.version] {
      std::lock_guard lock(mutex_);
      set_ = set;
      version_ = version;
    });
    return {};
  }));
  return Listed{set->rules(), stored.version};
}

}  // namespace cairn::ingest
