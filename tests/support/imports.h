// For tests of importing: files in a directory, and all that a preset makes of them.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "base/check.h"
#include "import/preset.h"
#include "support/temp_dir.h"

namespace cairn::import {

inline void put(const std::string& path, std::string_view text) {
  auto written = system_files().write(path, text);
  CHECK(written, "{}", written.error().message);
}

/// Everything in one batch.
inline Result<Batch> make_all(std::string_view preset, PresetOptions options, std::vector<FileState>* files = nullptr) {
  auto opened = TRY(open_preset(preset, system_files(), std::move(options)));
  Batch all;
  for (bool more = true; more;) {
    Batch batch;
    more = TRY(opened->produce(batch, 7));
    auto event = static_cast<uint32_t>(all.events.size());
    auto row = static_cast<uint32_t>(all.rows.size());
    for (auto link : batch.links) all.links.push_back({link.event + event, link.row + row});
    all.events.insert(all.events.end(), batch.events.begin(), batch.events.end());
    all.rows.insert(all.rows.end(), batch.rows.begin(), batch.rows.end());
    all.rejects.insert(all.rejects.end(), batch.rejects.begin(), batch.rejects.end());
  }
  if (files) *files = opened->files();
  return all;
}

/// `kind time user_id:7,anonymous_id:b {"properties":…}`
inline std::string shown(const events::NewEvent& event) {
  std::string ids;
  for (const auto& id : event.identifiers) ids += fmt::format("{}{}:{}", ids.empty() ? "" : ",", id.kind, id.value);
  return fmt::format("{} {} {} {}", event.kind, to_rfc3339(event.occurred_at), ids, event.properties);
}

/// `file:line column: reason`
inline std::string shown(const Reject& reject, const std::vector<FileState>& files) {
  return fmt::format("{}:{} {}: {}", base_name(files[reject.row.file].path), reject.row.line, reject.column,
                     reject.reason);
}

/// A small Olist of our own, with what is odd about the real one.
inline void put_olist(const std::string& dir) {
  put(join_path(dir, "olist_customers_dataset.csv"),
      "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
      "c1,ada,01001,sao paulo,SP\nc2,ada,01001,sao paulo,SP\nc3,bob,20000,rio,RJ\nc4,eve,,,\nc5,zoe,1,x,MG\n"
      "c1,again,1,x,MG\nc9,nobody,1,x,MG\n");
  put(join_path(dir, "olist_orders_dataset.csv"),
      "\"order_id\",\"customer_id\",\"order_status\",\"order_purchase_timestamp\",\"order_approved_at\","
      "\"order_delivered_carrier_date\",\"order_delivered_customer_date\",\"order_estimated_delivery_date\"\r\n"
      "o1,c1,delivered,2017-07-09 21:57:05,2017-07-09 22:10:13,2017-07-11 14:58:04,2017-07-26 10:57:55,2017-08-01 "
      "00:00:00\r\n"
      "o2,c2,delivered,2018-01-10 10:00:00,,2018-01-11 10:00:00,,2018-02-01 00:00:00\r\n"
      "o3,c3,canceled,2018-01-10 10:00:00,2018-01-10 11:00:00,,2018-01-12 09:00:00,2018-02-01 00:00:00\r\n"
      "o4,c4,unavailable,2018-01-10 10:00:00,2018-01-10 12:00:00,,,2018-02-01 00:00:00\r\n"
      "o5,c5,shipped,2018-01-10 10:00:00,2018-01-10 12:00:00,2018-01-13 12:00:00,,2018-02-01 00:00:00\r\n"
      "o1,c1,delivered,2017-07-09 21:57:05,,,,\r\n"
      "o6,c6,delivered,2017-07-09 21:57:05,,,,\r\n"
      "o7,c5,delivered,yesterday,,,,\r\n");
  put(join_path(dir, "olist_order_items_dataset.csv"),
      "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
      "o1,1,p1,s1,2017-07-12 00:00:00,99.9,27.65\no1,2,p2,s1,2017-07-12 00:00:00,10,0.00\n"
      "o2,1,p9,s2,2018-01-12 00:00:00,\"1.234,50\",8.77\no2,1,p9,s2,2018-01-12 00:00:00,\"1.234,50\",8.77\n"
      "o3,1,p1,s2,2018-01-12 00:00:00,five,8.77\no8,1,p1,s2,2018-01-12 00:00:00,5,8.77\n");
  put(join_path(dir, "olist_order_payments_dataset.csv"),
      "order_id,payment_sequential,payment_type,payment_installments,payment_value\n"
      "o1,1,credit_card,3,100.00\no1,2,voucher,1,37.55\no2,1,boleto,1,1243.27\no3,1,credit_card,1,5.00\n");
  put(join_path(dir, "olist_order_reviews_dataset.csv"),
      "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,review_answer_"
      "timestamp\n"
      "r1,o1,5, Ótimo ,\"Chegou antes,\r\nmuito \"\"bom\"\"  \",2017-07-27 00:00:00,2017-07-28 01:02:03\n"
      "r1,o2,1,,  ,2018-02-02 00:00:00,2018-02-03 00:00:00\n"
      "r2,o2,3,,,2018-02-02 00:00:00,2018-02-04 00:00:00\n"
      "r2,o2,3,,,2018-02-02 00:00:00,2018-02-04 00:00:00\n"
      "r3,o3,6,,,2018-02-02 00:00:00,2018-02-04 00:00:00\n"
      "r4,o5,4\n");
  put(join_path(dir, "olist_products_dataset.csv"), "product_id,product_category_name\np1,bebes\np2,\np3,x\n");
  put(join_path(dir, "product_category_name_translation.csv"),
      "\xEF\xBB\xBFproduct_category_name,product_category_name_english\nbebes,baby\n");
  put(join_path(dir, "olist_sellers_dataset.csv"), "seller_id,seller_zip_code_prefix,seller_city\ns1,1,x\n");
  put(join_path(dir, "notes.csv"), "who,what\na,b\n");
}

/// The folder of real data, from CAIRN_DATA_DIR or beside the repository.
inline std::string data_dir() {
  const char* named = std::getenv("CAIRN_DATA_DIR");
  return named && *named ? named : join_path(CAIRN_SOURCE_DIR, "../shared/data");
}

}  // namespace cairn::import
