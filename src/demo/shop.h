// Almond & Co, the shop: what it sells, who carries it, what people write. Fixed lists, no chance in here.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace cairn::demo {

inline constexpr std::string_view kShopName = "Almond & Co";

struct Product {
  std::string_view id;
  std::string_view name;
  std::string_view category;
  int64_t price_minor;
};
/// By category: the products of one stand together.
std::span<const Product> products();

struct Category {
  std::string_view name;
  size_t first, count;  ///< In products().
};
std::span<const Category> categories();

struct Carrier {
  std::string_view name;
  double share;
  double late;          ///< Share of parcels after the promised day, in good times.
  bool slumps = false;  ///< Gets worse in the slump.
};
std::span<const Carrier> carriers();

struct Article {
  std::string_view id, title, topic;
};
std::span<const Article> help_articles();
std::span<const Article> stories();

struct DeviceKind {
  std::string_view device, os, browser;
  double share;
};
std::span<const DeviceKind> device_kinds();

/// What customers can say of themselves; interests in the order of the categories.
struct Choice {
  std::string_view value, en, fr;
};
std::span<const Choice> interests();
std::span<const Choice> life_stages();
std::span<const Choice> causes();

/// Why somebody writes. What is no complaint is a question.
struct Cause {
  std::string_view name, subject, body;
  bool is_complaint;
  std::string_view severity;
};
enum class Trouble : uint8_t {
  late,
  lost,
  damaged,
  wrong_item,
  out_of_stock,
  checkout,
  delivery_question,
  allergens,
  invoice,
  gift
};
inline constexpr Trouble kFirstQuestion = Trouble::delivery_question;
inline constexpr int kQuestions = 4;
const Cause& cause_of(Trouble trouble);

std::span<const std::string_view> first_names();
std::span<const std::string_view> last_names();
std::span<const std::string_view> cities();
std::span<const std::string_view> search_words();
std::span<const std::string_view> glad_comments();
std::span<const std::string_view> plain_comments();
std::span<const std::string_view> sad_comments();
std::span<const std::string_view> ideas();

}  // namespace cairn::demo
