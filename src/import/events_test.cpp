#include <gmock/gmock.h>

#include "import/fields.h"
#include "support/imports.h"

namespace cairn::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Made {
  std::vector<std::string> events, keys, rejects;
};

Made make(const std::string& text, std::string_view name = "e.csv", PresetOptions options = {}) {
  test::TempDir dir;
  put(dir / name, text);
  options.paths = {dir / name};
  Made out;
  std::vector<FileState> files;
  auto all = make_all("events", options, &files);
  if (!all) {
    out.rejects.push_back(all.error().message);
    return out;
  }
  for (const auto& event : all->events) {
    out.events.push_back(shown(event));
    out.keys.push_back(event.source_key);
  }
  for (const auto& reject : all->rejects) out.rejects.push_back(shown(reject, files));
  return out;
}

TEST(CsvEvents, ReadsAShopsBehaviourLog) {
  Made made = make(
      "event_time,event_type,product_id,category_code,brand,price,user_id,user_session\n"
      "2019-10-01 00:00:00 UTC,view,44600062,,shiseido,35.79,541312140,s1\n"
      "2019-10-01 00:00:01 UTC,cart,007,a.b,,5,554748717,s2\n"
      "2019-10-01 00:00:02 UTC,purchase,5,,,33.20,554748717,s2\n");
  EXPECT_THAT(
      made.events,
      ElementsAre("Product Viewed 2019-10-01T00:00:00Z user_id:541312140 "
                  "{\"product_id\":\"44600062\",\"brand\":\"shiseido\",\"price\":35.79,\"session_id\":\"s1\"}",
                  "Product Added 2019-10-01T00:00:01Z user_id:554748717 "
                  "{\"product_id\":\"007\",\"category\":\"a.b\",\"price\":5,\"session_id\":\"s2\"}",
                  "Order Completed 2019-10-01T00:00:02Z user_id:554748717 "
                  "{\"product_id\":\"5\",\"price\":33.20,\"session_id\":\"s2\",\"total\":33.20,\"revenue\":33.20}"));
  EXPECT_TRUE(made.rejects.empty());
}

TEST(CsvEvents, KnowsTheNamesOfItsColumnsInManySpellings) {
  EXPECT_THAT(
      make("Event "
           "Name;occurredAt;customerId;E-Mail;anonymousId\norder_completed;2020-02-03T04:05:06+01:00;7;A@B.com;x\n")
          .events,
      ElementsAre("Order Completed 2020-02-03T03:05:06Z user_id:7,email:a@b.com,anonymous_id:x {}"));
}

TEST(CsvEvents, LetsTheCallerSayWhatAColumnIs) {
  PresetOptions options;
  options.columns = {
      {"what", "kind"}, {"when", "time"}, {"card", "external:till"}, {"note", "ignore"}, {"sum", "total"}};
  EXPECT_THAT(
      make("what,when,card,note,sum,type\nOrder Completed,1580000000,9,secret,\"1.234,50\",web\n", "e.csv", options)
          .events,
      ElementsAre("Order Completed 2020-01-26T00:53:20Z external:till:9 {\"total\":1234.50,\"type\":\"web\"}"));
  options.columns = {{"nothing", "kind"}};
  EXPECT_THAT(make("event,time,user_id\n", "e.csv", options).rejects,
              ElementsAre(HasSubstr("there is no column 'nothing' to map; found are event, time, user_id")));
}

TEST(CsvEvents, ReadsTimesInTheZoneThatIsSaid) {
  PresetOptions options;
  options.zone = "Europe/Paris";
  EXPECT_THAT(
      make("event,time,user_id\na,2020-07-01 12:00:00,1\nb,1580000000123,1\nc,2020-07-01,1\n", "e.csv", options).events,
      ElementsAre("a 2020-07-01T10:00:00Z user_id:1 {}", "b 2020-01-26T00:53:20.123000Z user_id:1 {}",
                  "c 2020-06-30T22:00:00Z user_id:1 {}"));
}

TEST(CsvEvents, InfersTypesWhereTheCatalogueSaysNone) {
  EXPECT_THAT(
      make("event,time,user_id,a,zip_code,c,d,price,quantity,e\n"
           "Product Viewed,2020-07-01,1,12,01234,true,1e5,\"1,50\",lots,0.5\nmine,2020-07-01,1,-1.50,5,no,007,x,2,\n")
          .events,
      ElementsAre(
          "Product Viewed 2020-07-01T00:00:00Z user_id:1 "
          "{\"a\":12,\"zip_code\":\"01234\",\"c\":true,\"d\":\"1e5\",\"price\":1.50,\"quantity\":\"lots\",\"e\":0.5}",
          "mine 2020-07-01T00:00:00Z user_id:1 "
          "{\"a\":-1.50,\"zip_code\":\"5\",\"c\":\"no\",\"d\":\"007\",\"price\":\"x\",\"quantity\":2}"));
}

TEST(CsvEvents, TellsIdenticalRowsApartAndTakesMessageIdsAsTheyAre) {
  Made made = make("event,time,user_id\na,2020,1\na,2020-07-01,1\nb,2020-07-01,1\na,2020-07-01,1\n");
  ASSERT_EQ(made.keys.size(), 3u);
  EXPECT_EQ(made.keys[2], made.keys[0] + "#2");
  EXPECT_NE(made.keys[1], made.keys[0]);
  EXPECT_EQ(make("event,time,user_id,message_id\na,2020-07-01,1,m1\na,2020-07-01,1,m1\n").keys,
            (std::vector<std::string>{"m1", "m1"}));
  EXPECT_NE(make("event,time,customer\na,2020-07-01,1\n").keys[0], made.keys[0]) << "another header, another meaning";
}

TEST(CsvEvents, RejectsRowsWithoutKindTimeOrPerson) {
  EXPECT_THAT(make("event,time,user_id,email\n,2020-07-01,1,\na,,1,\na,soon,1,\na,2020-07-01,null,\na,2020-07-01,,x@y."
                   "z\na,2020-07-01\n")
                  .rejects,
              ElementsAre("e.csv:2 event: it does not say what happened", "e.csv:3 time: there is no time",
                          HasSubstr("e.csv:4 time: 'soon'"), "e.csv:5 user_id: nothing says who it was",
                          "e.csv:7 user_id: it has 2 fields where the header has 4"));
}

TEST(JsonEvents, ReadsCallsInSegmentsForm) {
  Made made =
      make(R"({"type":"track","event":"Completed Order","userId":"7","anonymousId":"b","messageId":"m1",)"
           R"("timestamp":"2020-07-01T10:00:00.5Z","properties":{"order_id":12,"orderTotal":5.0,)"
           R"("total":"541.0","coupon":null},"context":{"page":{"path":"/done","url":"u"},)"
           R"("campaign":{"name":"n","source":"s"},"locale":"fr","library":{"name":"x"}},"integrations":{}})"
           "\n"
           R"({"type":"identify","userId":"7","originalTimestamp":"2020-07-01T10:00:00Z",)"
           R"("traits":{"firstName":"Ada","email":"A@b.c","createdAt":"2019-01-01T00:00:00Z"}})"
           "\n"
           R"({"type":"page","anonymousId":"b","timestamp":"2020-07-01T10:00:00Z","name":"Home",)"
           R"("properties":{"path":"/"},"context":{"page":{"path":"/other"}}})"
           "\n"
           R"({"type":"group","userId":"7","groupId":"g","timestamp":"2020-07-01T10:00:00Z","traits":{"name":"N"}})"
           "\n"
           R"({"type":"alias","userId":"7","previousId":"b2","timestamp":"2020-07-01T10:00:00Z"})"
           "\n"
           R"({"type":"screen","userId":"7","name":"Cart","timestamp":"2020-07-01T10:00:00Z"})"
           "\n",
           "e.jsonl");
  ASSERT_THAT(made.rejects, ElementsAre());
  EXPECT_THAT(made.events,
              ElementsAre(R"(Order Completed 2020-07-01T10:00:00.500000Z user_id:7,anonymous_id:b {"order_id":"12",)"
                          R"("orderTotal":5,"total":"541.0","path":"/done","url":"u","campaign_name":"n",)"
                          R"("campaign_source":"s","locale":"fr"})",
                          R"(Customer Updated 2020-07-01T10:00:00Z user_id:7,email:a@b.c {"first_name":"Ada",)"
                          R"("email":"A@b.c","created_at":"2019-01-01T00:00:00Z"})",
                          R"(Page Viewed 2020-07-01T10:00:00Z anonymous_id:b {"path":"/","name":"Home"})",
                          R"(Group Joined 2020-07-01T10:00:00Z user_id:7 {"name":"N","group_id":"g"})",
                          R"(Customer Updated 2020-07-01T10:00:00Z user_id:7,anonymous_id:b2 {})",
                          R"(Screen Viewed 2020-07-01T10:00:00Z user_id:7 {"name":"Cart"})"));
  EXPECT_EQ(made.keys[0], "m1");
}

TEST(JsonEvents, ReadsPlainObjects) {
  EXPECT_THAT(
      make(R"({"event":"view","user_id":42,"timestamp":1580000000,"product_id":"p",)"
           R"("properties":{"price":5.5},"tags":["a",{"b":1}]})"
           "\n"
           R"({"event":"mine","visitorId":"v","time":"2020-07-01","x":9007199254740993})",
           "e.ndjson")
          .events,
      ElementsAre(
          R"(Product Viewed 2020-01-26T00:53:20Z user_id:42 {"price":5.5,"product_id":"p","tags":["a",{"b":1}]})",
          R"(mine 2020-07-01T00:00:00Z anonymous_id:v {"x":9007199254740993})"));
}

TEST(JsonEvents, SaysOfEachLineThatIsOfNoUseWhy) {
  EXPECT_THAT(make("{\"event\":\"a\",\"user_id\":\"1\"}\n{\"event\":\"a\",\"timestamp\":\"2020-07-01\"}\n{\"user_id\":"
                   "\"1\",\"timestamp\":\"2020-07-01\"}\n"
                   "{\"event\":\n[1]\n\n{\"type\":\"track\",\"userId\":\"1\",\"timestamp\":\"2020-07-01\"}\n{\"event\":"
                   "\"\xFF\"}\n",
                   "e.jsonl")
                  .rejects,
              ElementsAre("e.jsonl:1 timestamp: there is no time", "e.jsonl:2 user_id: nothing says who it was",
                          "e.jsonl:3 : it does not say what happened",
                          HasSubstr("e.jsonl:4 : column 10: the text ends too early"),
                          "e.jsonl:5 : expected an object, found a list",
                          "e.jsonl:7 event: it does not say what happened", HasSubstr("e.jsonl:8 : column")));
}

TEST(Fields, KnowNumbersFromCodes) {
  for (std::string_view yes : {"0", "5", "-5", "1.50", "0.5", "123456789012345"})
    EXPECT_TRUE(is_plain_number(yes)) << yes;
  for (std::string_view no : {"", "-", "007", "1.", ".5", "1e5", "+5", "12345678901234567", "1 000", "0x5"})
    EXPECT_FALSE(is_plain_number(no)) << no;
}

}  // namespace
}  // namespace cairn::import
