#include "ingest/reading.h"

#include <gmock/gmock.h>

#include "crypto/encode.h"
#include "ingest/service.h"
#include "people/identities.h"
#include "support/on_stores.h"

namespace cairn::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ReadingTest : public test::OnStores {
 protected:
  void SetUp() override {
    OnStores::SetUp();
    if (!store_) return;
    log_ = events::Log::open(world_, store(), directory()).value();
    identities_ = std::make_unique<people::Identities>(world_);
    service_ = Service::open(world_, store(), *log_, *identities_).value();
    auto by = accounts::Actor::operator_of_machine();
    browser_ = service_->sources().add(by, {.name = "web", .form = SourceForm::browser}).value();
    server_ = service_->sources().add(by, {.name = "srv", .form = SourceForm::server}).value();
  }
  void TearDown() override {
    service_.reset();
    log_.reset();
  }
  http::Request request(std::string body, std::string key = {}) {
    http::Request out;
    out.method = http::Method::post;
    out.body = std::move(body);
    out.client_address = "203.0.113.7";
    out.received_at = clock_.now();
    out.headers.add("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1");
    if (!key.empty()) out.headers.add("Authorization", "Basic " + crypto::to_base64(key + ":"));
    return out;
  }
  Result<Delivery> read(const http::Request& r, std::string_view type = "") {
    return service_->readers().take()->read(r, type);
  }
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<people::Identities> identities_;
  std::unique_ptr<Service> service_;
  Sources::Made browser_, server_;
};
INSTANTIATE_TEST_SUITE_P(stores, ReadingTest, testing::Values(db::Driver::sqlite),
                         [](const auto&) { return "sqlite"; });

TEST_P(ReadingTest, the_key_stands_where_each_sdk_puts_it) {
  std::string call = R"({"event":"X","userId":"1")";
  EXPECT_EQ(read(request(call + "}", server_.key.text), "track")->source, server_.source.id);
  EXPECT_EQ(read(request(call + R"(,"writeKey":")" + browser_.key.text + "\"}"), "track")->source, browser_.source.id);
  http::Request bearer = request(call + "}");
  bearer.headers.set("Authorization", "Bearer " + server_.key.text);
  EXPECT_EQ(read(bearer, "track")->source, server_.source.id);
  // OAuth: a token that is no key of ours, and the key in the body.
  http::Request oauth = request(call + R"(,"writeKey":")" + server_.key.text + "\"}");
  oauth.headers.set("Authorization", "Bearer eyJhbGciOi");
  EXPECT_EQ(read(oauth, "track")->source, server_.source.id);
  // Without the colon, and without the padding.
  http::Request bare = request(call + "}");
  std::string encoded = crypto::to_base64(server_.key.text);
  while (encoded.ends_with('=')) encoded.pop_back();
  bare.headers.set("Authorization", "Basic " + encoded);
  EXPECT_EQ(read(bare, "track")->source, server_.source.id);
  http::Request beacon = request(call + "}");
  beacon.query.push_back({"writeKey", browser_.key.text});
  EXPECT_EQ(read(beacon, "track")->source, browser_.source.id);
}

TEST_P(ReadingTest, unknown_keys_and_bodies_that_are_none) {
  EXPECT_EQ(read(request(R"({"batch":[]})", "cw_nobody")).error().code, Code::unauthenticated);
  EXPECT_EQ(read(request(R"({"batch":[]})")).error().code, Code::unauthenticated);
  EXPECT_EQ(read(request("", server_.key.text)).error().code, Code::invalid);
  EXPECT_EQ(read(request("[]", server_.key.text)).error().code, Code::invalid);
  EXPECT_EQ(read(request(R"({"batch":{}})", server_.key.text)).error().field, "batch");
  EXPECT_TRUE(read(request(R"({"batch":[]})", server_.key.text)));
}

TEST_P(ReadingTest, one_bad_call_leaves_the_others) {
  auto d =
      read(request(
               R"({"context":{"library":{"name":"x","version":"1"},"locale":"fr"},"sentAt":"2023-11-14T22:13:20Z",)"
               R"("batch":[{"type":"track","event":"A","userId":"1"},5,{"type":"track","userId":"2","messageId":"m"},)"
               R"({"type":"track","event":"B","userId":"3"}]})",
               server_.key.text))
          .value();
  ASSERT_EQ(d.events.size(), 2u);
  EXPECT_EQ(d.library, "x/1");
  EXPECT_EQ(d.events[1].properties, R"({"locale":"fr"})");
  ASSERT_EQ(d.refused.size(), 2u);
  EXPECT_EQ(d.refused[0].body, "5");
  EXPECT_EQ(d.refused[1].field, "event");
  // It stands by itself: with the batch's context and clocks, so that it can be read again alone.
  EXPECT_EQ(
      d.refused[1].body,
      R"({"type":"track","userId":"2","messageId":"m","context":{"library":{"name":"x","version":"1"},"locale":"fr"},)"
      R"("sentAt":"2023-11-14T22:13:20Z","receivedAt":"2023-11-14T22:13:20Z"})");
  auto again = service_->readers().take()->read_again(server_.source, d.refused[1].body, clock_.now()).value();
  EXPECT_EQ(again.refused.size(), 1u);
  std::string mended = R"({"event":"C",)" + d.refused[1].body.substr(1);
  again = service_->readers().take()->read_again(server_.source, mended, clock_.now()).value();
  ASSERT_EQ(again.events.size(), 1u);
  EXPECT_EQ(again.events[0].properties, R"({"locale":"fr"})");
}

TEST_P(ReadingTest, a_browser_gets_the_address_and_the_device_of_its_request) {
  std::string call = R"({"event":"X","userId":"1"})";
  EXPECT_EQ(read(request(call, browser_.key.text), "track")->events[0].properties,
            R"({"ip":"203.0.113.7","device":"mobile"})");
  EXPECT_EQ(read(request(call, server_.key.text), "track")->events[0].properties, "{}");
}

TEST_P(ReadingTest, a_refused_call_of_a_browser_is_judged_by_its_request_also_later) {
  auto bot = request(R"({"type":"track","userId":"2","messageId":"m"})", browser_.key.text);
  bot.headers.set("User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)");
  auto d = read(bot, "track").value();
  ASSERT_EQ(d.refused.size(), 1u);
  std::string mended = R"({"event":"C",)" + d.refused[0].body.substr(1);
  auto again = service_->readers().take()->read_again(browser_.source, mended, clock_.now()).value();
  ASSERT_EQ(again.events.size(), 1u);
  EXPECT_EQ(again.events[0].flags & events::kBot, events::kBot);
  EXPECT_EQ(again.events[0].properties, R"({"ip":"203.0.113.7","device":"desktop"})");
  // A server's word on it is its own: no rule is asked.
  again = service_->readers().take()->read_again(server_.source, mended, clock_.now()).value();
  EXPECT_EQ(again.events[0].flags & events::kBot, 0u);
}

TEST_P(ReadingTest, keys_rotate_and_end) {
  auto by = accounts::Actor::operator_of_machine();
  Sources& sources = service_->sources();
  WriteKey next = sources.rotate(by, server_.source.id, hours(1)).value();
  EXPECT_TRUE(sources.of_key(server_.key.text));
  EXPECT_TRUE(sources.of_key(next.text));
  clock_.advance(hours(2));
  EXPECT_FALSE(sources.of_key(server_.key.text));
  EXPECT_EQ(sources.keys_of(server_.source.id).size(), 1u);
  ASSERT_TRUE(sources.change(by, server_.source.id, {.is_trusted = {}, .is_closed = true}));
  EXPECT_FALSE(sources.of_key(next.text));
  ASSERT_TRUE(sources.change(by, server_.source.id, {.is_trusted = {}, .is_closed = false}));
  EXPECT_TRUE(sources.of_key(next.text));
  ASSERT_TRUE(sources.revoke(by, server_.source.id, next.id));
  EXPECT_FALSE(sources.of_key(next.text));
  EXPECT_EQ(sources.revoke(by, server_.source.id, next.id).error().code, Code::not_found);
  // And the same after a restart.
  auto reopened = Sources::open(world_, store(), *log_).value();
  EXPECT_FALSE(reopened->of_key(next.text));
  EXPECT_TRUE(reopened->of_key(browser_.key.text));
  EXPECT_EQ(reopened->keys_of(browser_.source.id)[0].text, browser_.key.text);
  EXPECT_TRUE(reopened->keys_of(server_.source.id).empty());
}

TEST_P(ReadingTest, sources_are_checked) {
  auto by = accounts::Actor::operator_of_machine();
  Sources& sources = service_->sources();
  EXPECT_EQ(sources.add(by, {.name = " "}).error().field, "name");
  EXPECT_EQ(sources.add(by, {.name = "web"}).error().code, Code::conflict);
  EXPECT_EQ(sources.add(by, {.name = "w2", .form = SourceForm::browser, .is_trusted = true}).error().field,
            "is_trusted");
  EXPECT_EQ(sources.change(by, browser_.source.id, {.is_trusted = true, .is_closed = {}}).error().field, "is_trusted");
  EXPECT_TRUE(server_.source.is_trusted);
  EXPECT_FALSE(browser_.source.is_trusted);
  EXPECT_GT(server_.source.precedence, browser_.source.precedence);
  EXPECT_EQ(sources.change(by, SourceId{99}, {}).error().code, Code::not_found);
}

}  // namespace
}  // namespace cairn::ingest
