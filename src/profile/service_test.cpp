// A profile on the real log, history and segments, on both stores; its clock is moved by hand.
#include "profile/service.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "events/brand.h"
#include "people/merges.h"
#include "profile/personal.h"
#include "support/on_stores.h"

namespace cairn::profile {
namespace {

using i18n::Language;

const accounts::Actor kAgent = accounts::Actor::operator_of_machine();

class ProfileTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    clock_.advance(parse_moment("2026-03-01T12:00:00Z", Zone()).value() - clock_.now());
    write([&](db::Transaction& tx) {
      events::Brand brand{"Shop", Currency::parse("EUR").value(), "Europe/Paris"};
      brand.country = "FR";
      return events::write_brand(tx, brand);
    });
    open();
  }
  void TearDown() override { close(); }
  void open() {
    log_ = events::Log::open(world_, store(), directory()).value();
    shop_ = log_->ensure_source("shop").value();
    identities_ = std::make_unique<people::Identities>(world_);
    ASSERT_TRUE(store().read([&](db::Session& session) { return identities_->load(session); }));
    history_ = history::History::open(world_, store(), *log_, directory()).value();
    questions_ = std::make_unique<questions::Service>(world_, *history_);
    segments_ = segments::Service::open(world_, store(), *log_, *history_, *questions_).value();
    service_ = std::make_unique<Service>(
        Service::Parts{world_, store(), *log_, *history_, *segments_, identities_->aliases()});
  }
  void close() {
    service_.reset();
    segments_.reset();
    questions_.reset();
    history_.reset();
    identities_.reset();
    log_.reset();
  }
  CustomerId add(std::vector<events::Identifier> who, std::string kind, std::string_view at, std::string properties) {
    events::NewEvent event;
    event.kind = std::move(kind);
    event.occurred_at = parse_moment(at, Zone()).value();
    event.known_at = event.occurred_at;
    event.identifiers = std::move(who);
    std::replace(properties.begin(), properties.end(), '\'', '"');
    event.properties = properties;
    CustomerId out;
    write([&](db::Transaction& tx) -> Result<void> {
      auto done = TRY(log_->append(tx, *identities_, {&event, 1}, {.source = shop_}));
      EXPECT_EQ(done[0].fate, events::Fate::kept) << done[0].error.message;
      out = done[0].customer;
      return {};
    });
    return out;
  }
  void settle() {
    ASSERT_TRUE(history_->catch_up());
    auto done = service_->catch_up();
    ASSERT_TRUE(done) << done.error().message << " " << done.error().detail;
  }
  Profile profile(CustomerId customer, Language language = Language::en) {
    auto out = service_->profile(customer, language);
    EXPECT_TRUE(out) << out.error().message << " " << out.error().detail;
    return out ? *out : Profile();
  }
  /// The ids that a search finds, and by what.
  std::vector<std::string> found(std::string_view text) {
    auto out = service_->find(text, 20);
    EXPECT_TRUE(out) << out.error().message << " " << out.error().detail;
    std::vector<std::string> list;
    for (const Hit& hit : out->customers)
      list.push_back(fmt::format("{} by {}{}", hit.name, hit.matched[0].kind, hit.is_guess ? "?" : ""));
    return list;
  }
  using List = std::vector<std::string>;

  /// Ann, who bought three times and waits for the last; and Bob, who only looked.
  void fill() {
    std::vector<events::Identifier> ann = {{"user_id", "ann"}, {"email", "ann@example.org"}};
    ann_ = add(
        ann, "Customer Updated", "2026-01-01T08:00:00Z",
        "{'first_name':'Ann','last_name':'Müller','email':'ann@example.org','city':'Lyon','phone':'06 12 34 56 78'}");
    add(ann, "Order Completed", "2026-01-01T09:00:00Z",
        "{'order_id':'o1','total':30,'channel':'web','products':[{'category':'tea','price':10,'quantity':3}]}");
    add(ann, "Order Completed", "2026-01-11T09:30:00Z",
        "{'order_id':'o2','total':40,'channel':'store','products':[{'category':'tea','price':40}]}");
    add(ann, "Order Delivered", "2026-01-12T09:30:00Z", "{'order_id':'o2'}");
    add(ann, "Order Completed", "2026-02-10T10:00:00Z",
        "{'order_id':'o3','total':50,'channel':'web','promised_at':'2026-02-20','products':[{'category':'cups','price':"
        "50}]}");
    add(ann, "Order Completed", "2026-02-11T10:00:00Z", "{'order_id':'o4','total':500,'channel':'app'}");
    add(ann, "Order Cancelled", "2026-02-11T11:00:00Z", "{'order_id':'o4','by':'customer'}");
    add(ann, "Ticket Opened", "2026-02-21T08:00:00Z", "{'ticket_id':'t1','cause':'Late','complaint':true}");
    add(ann, "Survey Answered", "2026-02-22T08:00:00Z", "{'survey':'nps','score':3,'comment':'Where is it?'}");
    add(ann, "Customer Updated", "2026-02-23T08:00:00Z", "{'city':'Paris'}");
    bob_ = add({{"anonymous_id", "browser"}}, "Product Viewed", "2026-02-25T08:00:00Z", "{'sku':'S'}");
    settle();
  }

  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<history::History> history_;
  std::unique_ptr<questions::Service> questions_;
  std::unique_ptr<segments::Service> segments_;
  std::unique_ptr<Service> service_;
  SourceId shop_;
  CustomerId ann_, bob_;
};
CAIRN_ON_STORES(ProfileTest);

TEST_P(ProfileTest, says_who_what_they_bought_and_what_hurts) {
  fill();
  Profile ann = profile(ann_);
  EXPECT_EQ(ann.id, ann_);
  EXPECT_EQ(ann.who.name, "Ann Müller");
  EXPECT_EQ(ann.who.city, "Paris");
  EXPECT_TRUE(ann.who.is_known);
  EXPECT_EQ(ann.orders.count, 3);
  EXPECT_EQ(ann.orders.cancelled, 1);
  EXPECT_EQ(ann.orders.revenue->minor, 12'000);
  EXPECT_EQ(ann.orders.average->minor, 4'000);
  EXPECT_EQ(to_rfc3339(*ann.orders.first_at), "2026-01-01T09:00:00Z");
  ASSERT_EQ(ann.orders.recent.size(), 4u);
  EXPECT_EQ(ann.orders.recent[0].order_id, "o4");
  EXPECT_EQ(ann.orders.recent[0].status, "cancelled");
  EXPECT_EQ(ann.habits.category->value, "tea");
  EXPECT_EQ(ann.habits.channel->value, "web");
  EXPECT_EQ(ann.habits.usual_hour, 10) << "9:00, 9:30 and 10:00 UTC are 10, 10 and 11 in Paris";
  EXPECT_EQ(ann.habits.cycle->days, 20.02) << "of 10.02 and 30.02 days";
  EXPECT_EQ(ann.habits.price_band->low.minor, 1'000);
  EXPECT_EQ(ann.habits.price_band->high.minor, 4'000);
  EXPECT_EQ(ann.satisfaction.nps->score, 3);
  ASSERT_TRUE(ann.satisfaction.verbatim);
  EXPECT_EQ(ann.satisfaction.verbatim->text, "Where is it?");
  EXPECT_EQ(ann.service.open, 1);
  EXPECT_EQ(ann.service.complaints, 1);
  EXPECT_EQ(ann.level.standing, "fragile");
  List hurts;
  for (const Hurt& h : ann.hurts) hurts.push_back(h.text);
  EXPECT_EQ(hurts, (List{"Ticket t1 of 21 February 2026 is past its promise",
                         "Order o3 was promised for 20 February 2026 and has not come",
                         "Would not recommend: 3 of 10 on 22 February 2026"}));
  EXPECT_EQ(profile(ann_, Language::fr).level.text, "Fragile\xC2\xA0: quelque chose est cassé");
  EXPECT_EQ(ann.consents.size(), 7u);
  EXPECT_EQ(ann.consents[0].state, "unknown");

  Profile bob = profile(bob_);
  EXPECT_FALSE(bob.who.is_known);
  EXPECT_TRUE(bob.who.name.starts_with("Visitor …")) << bob.who.name;
  EXPECT_EQ(bob.orders.count, 0);
  EXPECT_FALSE(bob.rfm || bob.habits.cycle || bob.habits.usual_hour || bob.satisfaction.nps);
  EXPECT_TRUE(bob.hurts.empty());
  EXPECT_EQ(service_->profile({77}, Language::en).error().code, Code::not_found);
}

TEST_P(ProfileTest, attributes_have_a_history_and_a_source) {
  fill();
  auto attributes = service_->attributes(ann_).value();
  auto city = std::find_if(attributes.begin(), attributes.end(), [](const Attribute& a) { return a.name == "city"; });
  ASSERT_NE(city, attributes.end());
  EXPECT_EQ(city->value, json::Value("Paris"));
  EXPECT_EQ(city->source, "shop");
  EXPECT_EQ(to_rfc3339(city->since), "2026-02-23T08:00:00Z");
  EXPECT_EQ(city->changes, 1);
  ASSERT_EQ(city->history.size(), 2u);
  EXPECT_EQ(city->history[1].value, json::Value("Lyon"));
  add({{"user_id", "ann"}}, "Customer Updated", "2026-02-24T08:00:00Z", "{'city':'Paris'}");
  settle();
  for (const Attribute& a : profile(ann_).attributes) {
    if (a.name != "city") continue;
    EXPECT_EQ(to_rfc3339(a.since), "2026-02-23T08:00:00Z") << "told again is no change";
    EXPECT_TRUE(a.history.empty());
  }
  auto identifiers = profile(ann_).identifiers;
  ASSERT_EQ(identifiers.size(), 2u);
  EXPECT_EQ(identifiers[0].kind, "email");
  EXPECT_EQ(identifiers[0].source, "shop");
}

TEST_P(ProfileTest, buyers_are_in_the_classes_of_the_presets) {
  fill();
  for (int i = 0; i < 9; ++i)
    add({{"user_id", fmt::format("u{}", i)}}, "Order Completed", fmt::format("2025-0{}-01T09:00:00Z", i + 1),
        fmt::format("{{'order_id':'x{}','total':{}}}", i, i + 1));
  settle();
  ASSERT_TRUE(service_->refresh_fifths());
  auto rfm = profile(ann_).rfm;
  ASSERT_TRUE(rfm);
  EXPECT_EQ(rfm->buyers, 10);
  EXPECT_EQ(rfm->recency, 5);
  EXPECT_TRUE(rfm->has_fixed_frequency) << "nine of ten bought once";
  EXPECT_EQ(rfm->frequency, 3) << "three orders";
  EXPECT_EQ(rfm->value, 5);
  EXPECT_EQ(rfm->text, "5-3-5");
  EXPECT_EQ(rfm->group, "champions");
  EXPECT_EQ(rfm->thresholds_at, clock_.now());
  // What the preset selects is what the profile says.
  auto presets = segments_->presets(Language::en).value();
  for (const auto& preset : presets) {
    if (preset.id != "champions" && preset.id != "rfm_53") continue;
    auto answer = questions_->ask_one({.text = preset.query, .customer = ann_});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->value, query::Value(true)) << preset.query;
  }
}

TEST_P(ProfileTest, segments_come_with_reasons) {
  fill();
  ASSERT_TRUE(segments_->add(kAgent, {"buyers", "count(orders) >= 2"}));
  ASSERT_TRUE(segments_->add(kAgent, {"strangers", "count(orders) = 0"}));
  auto in = profile(ann_).segments;
  ASSERT_EQ(in.size(), 1u);
  EXPECT_EQ(in[0].name, "buyers");
  ASSERT_GE(in[0].why.size(), 2u);
  EXPECT_EQ(in[0].why[1].text, "count(orders)");
  EXPECT_EQ(in[0].why[1].value, json::Value(4));
  EXPECT_EQ(profile(bob_).segments[0].name, "strangers");
}

TEST_P(ProfileTest, the_timeline_has_pages_and_filters) {
  fill();
  List seen;
  std::string cursor;
  for (int page = 0; page < 9; ++page) {
    auto out = service_->timeline(ann_, {.cursor = cursor, .limit = 3}).value();
    EXPECT_LE(out.events.size(), 3u);
    for (const Moment& m : out.events) seen.push_back(fmt::format("{} {}", m.stream, to_rfc3339(m.occurred_at)));
    if (!out.next) break;
    cursor = *out.next;
  }
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(seen.front(), "customer_updated 2026-02-23T08:00:00Z");
  EXPECT_EQ(seen.back(), "customer_updated 2026-01-01T08:00:00Z");
  auto orders = service_->timeline(ann_, {.kinds = {"order_completed"}, .channel = "web"}).value();
  ASSERT_EQ(orders.events.size(), 2u);
  EXPECT_EQ(orders.events[0].properties.at("order_id"), json::Value("o3"));
  EXPECT_EQ(orders.events[0].source, "shop");
  EXPECT_EQ(orders.events[0].customer, ann_);
  auto january = service_->timeline(ann_, {.since = "2026-01-01", .until = "2026-02-01"}).value();
  EXPECT_EQ(january.events.size(), 4u);
  auto said = service_->timeline(ann_, {.text = "WHERE is"}).value();
  ASSERT_EQ(said.events.size(), 1u);
  EXPECT_EQ(said.events[0].kind, "Survey Answered");
  EXPECT_EQ(service_->timeline(ann_, {.kinds = {"nonsense"}}).error().field, "kind");
  EXPECT_EQ(service_->timeline(ann_, {.cursor = "x"}).error().field, "cursor");
  EXPECT_EQ(service_->timeline(ann_, {.since = "soon"}).error().field, "since");
}

TEST_P(ProfileTest, notes_and_tags) {
  fill();
  Note note = service_->add_note(kAgent, ann_, "  calls on Mondays ").value();
  EXPECT_EQ(note.text, "calls on Mondays");
  ASSERT_TRUE(service_->add_tag(kAgent, ann_, "  VIP  Été "));
  ASSERT_TRUE(service_->add_tag(kAgent, ann_, "vip été"));
  ASSERT_TRUE(service_->add_tag(kAgent, bob_, "vip été"));
  Profile ann = profile(ann_);
  ASSERT_EQ(ann.notes.size(), 1u);
  EXPECT_EQ(ann.notes[0].author, "operator");
  ASSERT_EQ(ann.tags.size(), 1u);
  EXPECT_EQ(ann.tags[0].tag, "vip été");
  EXPECT_EQ(service_->tags().value()[0].customers, 2);
  EXPECT_EQ(service_->add_note(kAgent, ann_, " ").error().field, "text");
  EXPECT_EQ(service_->add_note(kAgent, {77}, "x").error().code, Code::not_found);
  EXPECT_EQ(service_->add_tag(kAgent, ann_, std::string(41, 'x')).error().field, "tag");
  ASSERT_TRUE(service_->remove_note(kAgent, ann_, std::stoll(note.id)));
  EXPECT_EQ(service_->remove_note(kAgent, ann_, std::stoll(note.id)).error().code, Code::not_found);
  ASSERT_TRUE(service_->remove_tag(kAgent, ann_, "VIP été"));
  EXPECT_TRUE(profile(ann_).tags.empty());
}

TEST_P(ProfileTest, people_are_found) {
  fill();
  add({{"user_id", "zoe"}}, "Customer Updated", "2026-02-01T08:00:00Z",
      "{'name':'Zoé Anne de la Tour','email':'Zoe@Example.org'}");
  add({{"card", "4711"}}, "Order Completed", "2026-02-02T08:00:00Z", "{'order_id':'#100'}");
  settle();
  EXPECT_EQ(found("ann@example.org"), List{"Ann Müller by email"});
  EXPECT_EQ(found("ann@ex"), List{"Ann Müller by email"});
  EXPECT_EQ(found("zoe@example"), List{"Zoé Anne de la Tour by email"});
  EXPECT_EQ(found("+33 6 12 34 56 78"), List{"Ann Müller by phone"});
  EXPECT_EQ(found("06.12.34.56.78"), List{"Ann Müller by phone"});
  EXPECT_EQ(found("mull"), List{"Ann Müller by name"});
  EXPECT_EQ(found("MÜLLER a"), List{"Ann Müller by name"});
  EXPECT_EQ(found("ann"), (List{"Ann Müller by user_id", "Zoé Anne de la Tour by name"}));
  EXPECT_EQ(found("tour zo"), List{"Zoé Anne de la Tour by name"}) << "words in any order";
  EXPECT_EQ(found("muler"), List{"Ann Müller by name?"}) << "a letter away";
  EXPECT_EQ(found("o2"), List{"Ann Müller by order_id"});
  EXPECT_EQ(found("#100")[0].substr(found("#100")[0].find(" by")), " by order_id");
  EXPECT_EQ(found("4711"), List{" by card"}) << "nobody said a name";
  EXPECT_EQ(found(std::to_string(ann_.value)), List{"Ann Müller by id"});
  EXPECT_TRUE(found("nobody").empty());
  EXPECT_EQ(service_->find(" ", 20).error().field, "q");
  EXPECT_EQ(service_->by("order", "o3").value(), ann_);
  EXPECT_EQ(service_->by("email", "ANN@example.org").value(), ann_);
  EXPECT_EQ(service_->by("phone", "0612345678").value(), ann_);
  EXPECT_EQ(service_->by("order", "o9").error().code, Code::not_found);
  // The index goes on after a restart where it was, and comes again when it is lost.
  close();
  open();
  add({{"user_id", "eve"}}, "Customer Updated", "2026-02-27T08:00:00Z", "{'name':'Eve Adams'}");
  settle();
  EXPECT_EQ(found("adams"), List{"Eve Adams by name"});
  EXPECT_EQ(found("mull"), List{"Ann Müller by name"});
  // A name that an import told of goes with the import, whoever undoes it.
  std::vector<rows::Name> told{{'n', "bobby tables", ann_}};
  write([&](db::Transaction& tx) { return rows::put(tx, told, {}); });
  auto bobbys = [&] {
    size_t out = 0;
    EXPECT_TRUE(store().read([&](db::Session& session) -> Result<void> {
      out = TRY(rows::names_from(session, 'n', "bobby", 10)).size();
      return {};
    }));
    return out;
  };
  EXPECT_EQ(bobbys(), 1u);
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("import.restart_customer_index"));
    return {};
  });
  settle();
  EXPECT_EQ(bobbys(), 0u);
  EXPECT_EQ(found("mull"), List{"Ann Müller by name"});
  EXPECT_EQ(found("o2"), List{"Ann Müller by order_id"});
}

TEST_P(ProfileTest, a_merge_brings_everything_together_and_back) {
  fill();
  ASSERT_TRUE(service_->add_note(kAgent, bob_, "on his phone"));
  ASSERT_TRUE(service_->add_tag(kAgent, ann_, "vip"));
  ASSERT_TRUE(service_->add_tag(kAgent, bob_, "vip"));
  EXPECT_EQ(service_->tags().value()[0].customers, 2);
  people::Merging merging(world_, store(), *log_, *identities_);
  auto merged = merging.merge(bob_, ann_, {"operator", "the same person"});
  ASSERT_TRUE(merged) << merged.error().message;
  settle();
  Profile both = profile(bob_);
  EXPECT_EQ(both.id, ann_);
  EXPECT_EQ(both.ids, (std::vector<CustomerId>{std::min(ann_, bob_), std::max(ann_, bob_)}));
  EXPECT_EQ(both.who.name, "Ann Müller");
  EXPECT_EQ(both.notes.size(), 1u);
  EXPECT_EQ(both.notes[0].customer, bob_);
  EXPECT_EQ(both.tags.size(), 1u);
  EXPECT_EQ(service_->tags().value()[0].customers, 1);
  EXPECT_EQ(both.merges.size(), 1u);
  EXPECT_EQ(both.identifiers.size(), 3u);
  auto viewed = service_->timeline(ann_, {.kinds = {"product_viewed"}}).value();
  ASSERT_EQ(viewed.events.size(), 1u);
  EXPECT_EQ(viewed.events[0].customer, bob_);
  EXPECT_EQ(found("mull"), List{"Ann Müller by name"});
  ASSERT_TRUE(merging.unmerge(merged->tie.merge, {"operator", "two after all"}));
  settle();
  EXPECT_EQ(profile(bob_).id, bob_);
  EXPECT_EQ(profile(bob_).notes.size(), 1u);
  EXPECT_TRUE(profile(ann_).notes.empty());
  EXPECT_EQ(profile(ann_).tags.size(), 1u);
  EXPECT_EQ(service_->tags().value()[0].customers, 2);
}

TEST_P(ProfileTest, what_is_stored_is_exported_and_erased) {
  fill();
  ASSERT_TRUE(service_->add_note(kAgent, ann_, "calls on Mondays"));
  ASSERT_TRUE(service_->add_tag(kAgent, ann_, "vip"));
  ASSERT_TRUE(store().read([&](db::Session& session) -> Result<void> {
    json::Value all = TRY(export_profile(session, {&ann_, 1}));
    EXPECT_EQ(all.at("notes").as_array().size(), 1u);
    EXPECT_EQ(all.at("tags").as_array().size(), 1u);
    return {};
  }));
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(erase_profile(tx, {&ann_, 1}));
    return people::remove_customer(tx, ann_);
  });
  EXPECT_TRUE(profile(ann_).notes.empty());
  EXPECT_TRUE(profile(ann_).tags.empty());
  EXPECT_TRUE(found("mull").empty());
  EXPECT_TRUE(found("o2").empty());
  // A timeline that still shows them, for a moment, brings nothing back.
  write([&](db::Transaction& tx) -> Result<void> {
    TRY(tx.run("profile.set_cursor", {{"seq", 0}, {"shards", 0}}));
    return {};
  });
  close();
  open();
  settle();
  ASSERT_TRUE(service_->profile(ann_, Language::en));
  EXPECT_TRUE(found("mull").empty());
  EXPECT_TRUE(found("o2").empty());
}

}  // namespace
}  // namespace cairn::profile
