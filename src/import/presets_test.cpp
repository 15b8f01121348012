#include <gmock/gmock.h>

#include "import/occurrences.h"
#include "support/imports.h"

namespace cairn::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Olist : public testing::Test {
 protected:
  void SetUp() override {
    put_olist(dir_.path());
    auto made = make_all("olist", {{dir_.path()}, {}, {}, {}, {}}, &files_);
    ASSERT_TRUE(made) << made.error().message;
    all_ = std::move(*made);
  }
  std::vector<std::string> of(std::string_view kind) {
    std::vector<std::string> out;
    for (const auto& event : all_.events)
      if (event.kind == kind)
        out.push_back(fmt::format("{} {} {}", event.source_key, to_rfc3339(event.occurred_at), event.properties));
    return out;
  }
  test::TempDir dir_;
  std::vector<FileState> files_;
  Batch all_;
};

TEST_F(Olist, SumsTheItemsOfAnOrderAndLooksUpTheirCategory) {
  auto orders = of("Order Completed");
  ASSERT_EQ(orders.size(), 5u);
  EXPECT_EQ(orders[0],
            "order:o1 2017-07-10T00:57:05Z "
            "{\"order_id\":\"o1\",\"status\":\"delivered\",\"promised_at\":\"2017-08-01T03:00:00Z\","
            "\"currency\":\"BRL\",\"total\":137.55,\"revenue\":109.90,\"shipping\":27.65,\"products\":["
            "{\"product_id\":\"p1\",\"category\":\"baby\",\"price\":99.90,\"quantity\":1,\"seller\":\"s1\"},"
            "{\"product_id\":\"p2\",\"price\":10.00,\"quantity\":1,\"seller\":\"s1\"}]}");
  EXPECT_THAT(orders[1], HasSubstr("\"total\":1243.27,\"revenue\":1234.50")) << "amounts as text with a decimal comma";
}

TEST_F(Olist, LeavesTheTotalOfAnOrderWithoutItemsUnknown) {
  EXPECT_EQ(of("Order Completed")[3],
            "order:o4 2018-01-10T12:00:00Z "
            "{\"order_id\":\"o4\",\"status\":\"unavailable\",\"promised_at\":\"2018-02-01T02:00:00Z\"}");
}

TEST_F(Olist, KeepsTheIdOfThePersonAndTheOneOfTheOrder) {
  for (const auto& event : all_.events)
    if (event.source_key == "order:o2") {
      EXPECT_EQ(event.identifiers,
                (std::vector<events::Identifier>{{"user_id", "ada"}, {"external:olist_customer_id", "c2"}}));
    }
}

TEST_F(Olist, MakesAPaymentOfEachRowWhenTheOrderWasApprovedElseBought) {
  EXPECT_THAT(
      of("Order Paid"),
      ElementsAre("paid:o1/1 2017-07-10T01:10:13Z {\"order_id\":\"o1\",\"payment_id\":\"o1/1\",\"amount\":100.00,"
                  "\"currency\":\"BRL\",\"method\":\"credit_card\",\"installments\":3}",
                  HasSubstr("\"amount\":37.55"), testing::StartsWith("paid:o2/1 2018-01-10T12:00:00Z"),
                  testing::StartsWith("paid:o3/1")));
}

TEST_F(Olist, TellsOfADeliveryOnlyWhereTheOrderIsDeliveredAndDated) {
  EXPECT_THAT(
      of("Order Delivered"),
      ElementsAre("delivered:o1 2017-07-26T13:57:55Z {\"order_id\":\"o1\",\"promised_at\":\"2017-08-01T03:00:00Z\"}"));
  EXPECT_THAT(of("Order Updated"),
              ElementsAre("updated:o2/delivered 2018-01-11T12:00:00Z {\"order_id\":\"o2\",\"status\":\"delivered\"}",
                          "updated:o5/shipped 2018-01-13T14:00:00Z {\"order_id\":\"o5\",\"status\":\"shipped\"}"));
  EXPECT_EQ(of("Order Shipped").size(), 3u);
}

TEST_F(Olist, CancelsAtTheLastMomentKnown) {
  EXPECT_THAT(
      of("Order Cancelled"),
      ElementsAre(
          "cancelled:o3 2018-01-12T11:00:00Z {\"order_id\":\"o3\",\"by\":\"unknown\"}",
          "cancelled:o4 2018-01-10T14:00:00Z {\"order_id\":\"o4\",\"reason\":\"unavailable\",\"by\":\"shop\"}"));
}

TEST_F(Olist, KeysAnswersByReviewAndOrderAndTrimsWhatWasWritten) {
  EXPECT_THAT(
      of("Survey Answered"),
      ElementsAre("answer:r1/o1 2017-07-28T04:02:03Z {\"survey\":\"order_csat\",\"response_id\":\"r1/o1\",\"score\":5,"
                  "\"title\":\"Ótimo\",\"comment\":\"Chegou antes,\\r\\nmuito \\\"bom\\\"\",\"order_id\":\"o1\","
                  "\"asked_at\":\"2017-07-27T03:00:00Z\"}",
                  "answer:r1/o2 2018-02-03T02:00:00Z {\"survey\":\"order_csat\",\"response_id\":\"r1/o2\",\"score\":1,"
                  "\"order_id\":\"o2\",\"asked_at\":\"2018-02-02T02:00:00Z\"}",
                  HasSubstr("answer:r2/o2")));
}

TEST_F(Olist, UpdatesTheCustomerAtTheirOrder) {
  auto updates = of("Customer Updated");
  ASSERT_EQ(updates.size(), 5u);
  EXPECT_EQ(updates[0],
            "customer:c1 2017-07-10T00:57:05Z {\"city\":\"sao "
            "paulo\",\"region\":\"SP\",\"postal_code\":\"01001\",\"country\":\"BR\"}");
  EXPECT_EQ(updates[3], "customer:c4 2018-01-10T12:00:00Z {\"country\":\"BR\"}");
}

TEST_F(Olist, SaysOfEachRowThatIsOfNoUseWhy) {
  std::vector<std::string> rejects;
  for (const auto& reject : all_.rejects) rejects.push_back(shown(reject, files_));
  EXPECT_THAT(rejects,
              testing::UnorderedElementsAre(
                  "olist_customers_dataset.csv:7 customer_id: it stands on line 2 already",
                  "olist_customers_dataset.csv:8 customer_id: no usable row of the orders file names this customer",
                  "olist_orders_dataset.csv:7 order_id: it stands on line 2 already",
                  "olist_orders_dataset.csv:8 customer_id: no usable row of the customers file has this customer",
                  HasSubstr("olist_orders_dataset.csv:9 order_purchase_timestamp: "),
                  "olist_order_items_dataset.csv:5 order_item_id: this item of the order stands on line 4 already",
                  HasSubstr("olist_order_items_dataset.csv:6 price: 'five' is not an amount"),
                  "olist_order_items_dataset.csv:7 order_id: no usable row of the orders file has this order",
                  "olist_order_reviews_dataset.csv:6 review_id: this answer to the order stands on line 5 already",
                  "olist_order_reviews_dataset.csv:7 review_score: 6 is not a score of 1 to 5",
                  "olist_order_reviews_dataset.csv:8 review_comment_title: it has 3 fields where the header has 7"));
}

TEST_F(Olist, ReadsEveryRowOnceAndSaysWhatEachFileWasFor) {
  std::map<std::string, std::pair<uint64_t, uint64_t>> rows;  // file → read, made or rejected
  for (const auto& file : files_)
    if (file.use == Use::facts) rows[file.what].first = file.read;
  for (const auto& row : all_.rows) ++rows[files_[row.file].what].second;
  for (const auto& reject : all_.rejects) ++rows[files_[reject.row.file].what].second;
  EXPECT_EQ(rows.size(), 5u);
  for (const auto& [what, count] : rows) EXPECT_EQ(count.first, count.second) << what;
  std::vector<bool> linked(all_.rows.size());
  for (auto link : all_.links) linked[link.row] = true;
  EXPECT_THAT(linked, testing::Each(true));
  std::map<std::string, Use> uses;
  for (const auto& file : files_) uses[file.what] = file.use;
  EXPECT_EQ(uses["products"], Use::lookup);
  EXPECT_EQ(uses["sellers"], Use::not_used);
  EXPECT_EQ(uses["not a file of Olist"], Use::not_used);
}

TEST(Presets, SayWhatIsWrongWithWhatTheyWereGiven) {
  test::TempDir dir;
  auto error = [&](std::string_view preset, std::vector<std::string> paths, PresetOptions options = {}) {
    options.paths = std::move(paths);
    auto made = make_all(preset, options);
    return made ? std::string("no error") : made.error().message;
  };
  using namespace std::string_literals;
  put(dir / "a.csv", "who,what\na,b\n");
  put(dir / "semi.csv", "event timestamp user_id\nx 2020 1\n");
  put(dir / "binary.csv",
      "\x7F"
      "ELF\0\0"s);
  put(dir / "empty.csv", "");
  put(dir / "list.json", "[{\"event\":\"a\"}]");
  put(dir / "b.txt", "nothing of use\n");
  EXPECT_EQ(error("shopify", {dir / "a.csv"}), "there is no preset 'shopify'; use olist, cdnow or events");
  EXPECT_EQ(error("events", {}), "name the files or the directory to import");
  EXPECT_EQ(error("events", {dir / "none.csv"}), (dir / "none.csv") + ": there is no such file or directory");
  EXPECT_THAT(error("events", {dir / "a.csv"}),
              HasSubstr("a.csv: no column tells the kind of event (known are event, "));
  EXPECT_THAT(error("events", {dir / "a.csv"}), HasSubstr("found are who, what"));
  EXPECT_THAT(error("events", {dir / "semi.csv"}), HasSubstr("found are event timestamp user_id"));
  EXPECT_THAT(error("events", {dir / "binary.csv"}), HasSubstr("binary.csv: this is a binary file"));
  EXPECT_THAT(error("events", {dir / "empty.csv"}), HasSubstr("empty.csv: this file is empty"));
  EXPECT_THAT(error("events", {dir / "list.json"}), HasSubstr("write one object a line"));
  EXPECT_THAT(error("olist", {dir / "a.csv"}),
              HasSubstr("a.csv: no file of Olist has these columns: who, what; needed are customers (customer_id"));
  EXPECT_THAT(error("cdnow", {dir / "b.txt"}), HasSubstr("b.txt, line 1: this is no purchase"));
  PresetOptions zone;
  zone.zone = "Mars/Olympus";
  EXPECT_THAT(error("cdnow", {dir / "b.txt"}, zone), HasSubstr("Mars/Olympus"));
  test::TempDir bare;
  EXPECT_THAT(error("olist", {bare.path()}), HasSubstr("the customers file of Olist is not here"));
  EXPECT_THAT(error("cdnow", {bare.path()}), HasSubstr("neither CDNOW_master.txt nor CDNOW_sample.txt is here"));
  EXPECT_THAT(error("events", {bare.path()}), HasSubstr("no file here ends in .csv"));
}

TEST(Cdnow, TellsIdenticalPurchasesApartAndFindsThemInBothFiles) {
  test::TempDir dir;
  put(dir / "CDNOW_master.txt",
      " customer_id  date number_of_cds  dollar_value\n 00004 19970101  2   29.33\n 00004 19970101  2   29.33\n 00005 "
      "19970102  1   x\n 00005 19971302  1   7\n 00006\n");
  put(dir / "CDNOW_sample.txt", " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970101  2   29.33\r\n");
  put(dir / "LICENSE.txt", "Do as you like.\n");
  std::vector<FileState> files;
  Batch all = make_all("cdnow", {{dir.path()}, {}, {}, {}, {}}, &files).value();
  ASSERT_EQ(all.events.size(), 4u);
  EXPECT_EQ(shown(all.events[0]),
            "Order Completed 1997-01-01T05:00:00Z user_id:00004 "
            "{\"order_id\":\"00004-19970101-2-29.33\",\"currency\":\"USD\","
            "\"total\":29.33,\"revenue\":29.33,\"units\":2}");
  EXPECT_EQ(all.events[1].source_key, "00004-19970101-2-29.33#2");
  EXPECT_EQ(all.events[2].source_key, all.events[0].source_key);
  EXPECT_EQ(all.events[3].source_key, all.events[1].source_key);
  EXPECT_EQ(all.events[2].identifiers[1], (events::Identifier{"external:cdnow_sample_id", "0001"}));
  std::vector<std::string> rejects;
  for (const auto& reject : all.rejects) rejects.push_back(shown(reject, files));
  EXPECT_THAT(rejects, ElementsAre(HasSubstr("CDNOW_master.txt:4 dollar_value: 'x' is not an amount"),
                                   HasSubstr("CDNOW_master.txt:5 date:"),
                                   "CDNOW_master.txt:6 : it has 1 columns where the others have 4"));
  PresetOptions options{{dir / "CDNOW_sample.txt"}, {}, {}, {}, {}, {}};
  options.brand.zone_name = "Europe/Paris";
  EXPECT_EQ(to_rfc3339(make_all("cdnow", options)->events[0].occurred_at), "1996-12-31T23:00:00Z")
      << "a day in the brand's zone";
}

TEST(Occurrences, CountAsASetDoes) {
  Occurrences occurrences;
  std::map<std::string, uint32_t> naive;
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 20'000; i += round + 1) {
      std::string row = std::to_string(i);
      ASSERT_EQ(occurrences.next(hash_row(row, 1)), ++naive[row]);
    }
  EXPECT_EQ(row_key({0x0123, 0xfedc}, 1), "0000000000000123000000000000fedc");
  EXPECT_EQ(row_key({0x0123, 0xfedc}, 2), "0000000000000123000000000000fedc#2");
  EXPECT_NE(hash_row("a", 1).low, hash_row("a", 2).low);
}

}  // namespace
}  // namespace cairn::import
