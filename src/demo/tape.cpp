#include "demo/tape.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "demo/shop.h"

namespace cairn::demo {
namespace {

void put(std::string& out, int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void put_money(std::string& out, int64_t minor) {
  if (minor < 0) out += '-';
  minor = minor < 0 ? -minor : minor;
  put(out, minor / 100);
  out += '.';
  out += static_cast<char>('0' + minor / 10 % 10);
  out += static_cast<char>('0' + minor % 10);
}

/// Lower-case ASCII for an address: é becomes e.
std::string plain(std::string_view name) {
  static constexpr std::pair<std::string_view, char> kAccents[] = {
      {"é", 'e'}, {"è", 'e'}, {"ë", 'e'}, {"ï", 'i'}, {"É", 'e'}};
  std::string out;
  for (size_t i = 0; i < name.size();) {
    auto accent = std::find_if(std::begin(kAccents), std::end(kAccents),
                               [&](const auto& a) { return name.substr(i).starts_with(a.first); });
    out += accent == std::end(kAccents) ? name[i] : accent->second;
    i += accent == std::end(kAccents) ? 1 : accent->first.size();
  }
  return to_lower(out);
}

std::string device_id(uint32_t customer, uint8_t device) {
  return fmt::format("{:015x}", mix((uint64_t{customer} << 8) + device) >> 4);
}

std::string card_of(uint32_t customer) { return fmt::format("AC-{:07}", customer); }

}  // namespace

std::string_view source_name(Source source) {
  static constexpr std::array<std::string_view, kSources> kNames = {"web",    "store till", "shop backend", "helpdesk",
                                                                    "survey", "email",      "consent"};
  return kNames[static_cast<size_t>(source)];
}

Note::Note(Tape& tape, Record record) : tape_(tape), record_(record) {
  record_.begin = static_cast<uint32_t>(tape_.text_.size());
  tape_.text_ += '{';
}

Note::~Note() {
  if (is_moved_) return;
  if (record_.at < tape_.begin_ || record_.at >= tape_.end_) {
    tape_.text_.resize(record_.begin);
    return;
  }
  tape_.text_ += '}';
  record_.size = static_cast<uint32_t>(tape_.text_.size() - record_.begin);
  tape_.records_.push_back(record_);
}

void Note::key(std::string_view key) {
  std::string& out = tape_.text_;
  if (out.back() != '{') out += ',';
  out += '"';
  out += key;
  out += "\":";
}

Note& Note::text(std::string_view name, std::string_view value) {
  key(name);
  tape_.text_ += '"';
  tape_.text_ += value;
  tape_.text_ += '"';
  return *this;
}

Note& Note::whole(std::string_view name, int64_t value) {
  key(name);
  put(tape_.text_, value);
  return *this;
}

Note& Note::flag(std::string_view name, bool value) {
  key(name);
  tape_.text_ += value ? "true" : "false";
  return *this;
}

Note& Note::money(std::string_view name, int64_t minor) {
  key(name);
  put_money(tape_.text_, minor);
  return *this;
}

Note& Note::list(std::string_view name, std::span<const std::string_view> values) {
  key(name);
  for (size_t i = 0; i < values.size(); ++i) tape_.text_ += fmt::format("{}\"{}\"", i ? "," : "[", values[i]);
  tape_.text_ += values.empty() ? "[]" : "]";
  return *this;
}

Note& Note::day(std::string_view name, Day value) { return text(name, to_text(value)); }

Note& Note::product(size_t product) {
  const Product& p = demo::products()[product];
  return text("product_id", p.id).text("name", p.name).text("category", p.category).money("price", p.price_minor);
}

Note& Note::products(const std::vector<Line>& lines) {
  key("products");
  std::string& out = tape_.text_;
  out += '[';
  for (const Line& line : lines) {
    if (out.back() != '[') out += ',';
    out += '{';
    product(line.product).whole("quantity", line.quantity);
    out += '}';
  }
  out += ']';
  return *this;
}

void Tape::finish() {
  std::sort(records_.begin(), records_.end(), [](const Record& a, const Record& b) {
    return std::tie(a.at, a.customer, a.teller, a.number) < std::tie(b.at, b.customer, b.teller, b.number);
  });
  records_.shrink_to_fit();
  text_.shrink_to_fit();
}

std::string user_id_of(uint32_t customer) {
  if (customer == kAmelie) return "amelie";
  if (customer == kCamille) return "camille";
  return fmt::format("u{:06}", customer);
}

Who who(uint32_t customer) {
  std::string user_id = user_id_of(customer), card = card_of(customer);
  if (customer == kAmelie) return {"Amélie", "Roux", "Lyon", std::move(user_id), "amelie@example.org", std::move(card)};
  if (customer == kCamille)
    return {"Camille", "Roux", "Nantes", std::move(user_id), "camille@example.org", std::move(card)};
  uint64_t h = mix(customer);
  auto pick = [&h](std::span<const std::string_view> from) {
    std::string_view out = from[h % from.size()];
    h /= from.size();
    return out;
  };
  Who out{pick(first_names()), pick(last_names()), pick(cities()), user_id_of(customer), {}, card_of(customer)};
  out.email = fmt::format("{}.{}.{}@example.org", plain(out.first_name), plain(out.last_name), customer);
  return out;
}

events::NewEvent to_event(const Tape& tape, const Record& record) {
  events::NewEvent out;
  out.kind = record.kind;
  out.occurred_at = record.at;
  out.source_key = fmt::format("{:x}-{}", record.teller, record.number);
  out.properties = tape.properties(record);
  if (record.carries & kUserId) out.identifiers.push_back({"user_id", user_id_of(record.customer)});
  if (record.carries & kEmail) out.identifiers.push_back({"email", who(record.customer).email});
  if (record.carries & kCard) out.identifiers.push_back({"card", card_of(record.customer)});
  if (record.carries & kDevice) out.identifiers.push_back({"anonymous_id", device_id(record.customer, record.device)});
  return out;
}

}  // namespace cairn::demo
