#include "events/property_writer.h"

#include <algorithm>

#include "base/text.h"
#include "events/calls.h"
#include "events/kinds.h"
#include "events/wording.h"

namespace cairn::events {
namespace {

constexpr size_t kMostKinds = 2'000;
constexpr size_t kMostProperties = 2'000;  // of a kind

bool has_capital(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) { return c < 'a' && c != '_' && (c < '0' || c > '9'); });
}

}  // namespace

/// How one property of one kind is written.
struct PropertyWriter::Plan {
  std::string name;       ///< As it is sent, for the look-up.
  std::string text;       ///< `"name":`, ready.
  std::string written;    ///< The name that is written.
  bool renames = false;   ///< As it was asked for.
  bool as_text = false;   ///< A whole number becomes text.
  bool is_known = false;  ///< Declared, or whoever is told knows it.
  uint32_t slot = 0;      ///< Of the written name: two sent names may share it.
};

struct PropertyWriter::KindPlans {
  std::string name;
  const query::Kind* declared = nullptr;
  bool is_known = false;                              // as of a plan
  std::unordered_map<std::string, Plan> plans;        // of names sent as they are
  std::unordered_map<std::string, Plan> trait_plans;  // of names that are rewritten
  std::unordered_map<std::string, uint32_t> slots;    // written name → slot
  std::vector<uint32_t> written_in;                   // slot → the event that wrote it last
};

PropertyWriter::PropertyWriter() = default;
PropertyWriter::~PropertyWriter() = default;
PropertyWriter::PropertyWriter(PropertyWriter&&) noexcept = default;
PropertyWriter& PropertyWriter::operator=(PropertyWriter&&) noexcept = default;

void PropertyWriter::begin(std::string_view kind, std::string& out) {
  out_ = &out;
  out.assign(1, '{');
  ++event_;
  if (!kind_ || kind_->name != kind || kind_->plans.size() >= kMostProperties) kind_ = &plans_of(kind);
  if (!kind_->is_known && undeclared_) kind_->is_known = undeclared_(kind, "", json::Value());
}

PropertyWriter::KindPlans& PropertyWriter::plans_of(std::string_view kind) {
  scratch_.assign(kind);
  auto it = kinds_.find(scratch_);
  if (it != kinds_.end() && it->second->plans.size() + it->second->trait_plans.size() >= kMostProperties) {
    kinds_.erase(it);
    it = kinds_.end();
  }
  if (it == kinds_.end()) {
    if (kinds_.size() >= kMostKinds) kinds_.clear();
    it = kinds_.emplace(scratch_, std::make_unique<KindPlans>()).first;
    it->second->name = kind;
    it->second->declared = declared_kinds().find(kind);
    it->second->is_known = it->second->declared != nullptr;
  }
  return *it->second;
}

PropertyWriter::Plan& PropertyWriter::plan_of(std::string_view name, bool renames) {
  auto& plans = renames ? kind_->trait_plans : kind_->plans;
  scratch_.assign(name);
  auto it = plans.find(scratch_);
  if (it != plans.end()) return it->second;
  Plan plan;
  plan.name = name;
  plan.renames = renames;
  plan.written = name;
  const query::Property* property = kind_->declared ? kind_->declared->find(name) : nullptr;
  if (!property && has_capital(name)) {
    std::string snake = to_snake(name);
    property = kind_->declared ? kind_->declared->find(snake) : nullptr;
    if (property || renames) plan.written = snake;
  }
  json::append_text(plan.text, plan.written);
  plan.text += ':';
  plan.is_known = property != nullptr;
  plan.as_text = property ? property->type == query::PropertyType::text : is_id_name(name);
  auto slot = kind_->slots.emplace(plan.written, static_cast<uint32_t>(kind_->slots.size())).first->second;
  kind_->written_in.resize(kind_->slots.size());
  plan.slot = slot;
  return plans.emplace(scratch_, std::move(plan)).first->second;
}

void PropertyWriter::add(std::string_view name, const json::Value& value, bool renames) {
  if (value.is_null() || (value.is_string() && value.get_string().empty())) return;
  Plan& plan = plan_of(name, renames);
  if (std::exchange(kind_->written_in[plan.slot], event_) == event_) return;
  if (!plan.is_known && undeclared_) plan.is_known = undeclared_(kind_->name, plan.written, value);
  if (out_->size() > 1) *out_ += ',';
  *out_ += plan.text;
  std::string word = plan.as_text && !value.is_string() ? word_of(&value) : std::string();
  if (word.empty()) json::serialize_to(*out_, value);
  else json::append_text(*out_, word);
}

void PropertyWriter::add_text(std::string_view name, std::string_view text) {
  if (text.empty()) return;
  const Plan& plan = plan_of(name, false);
  if (std::exchange(kind_->written_in[plan.slot], event_) == event_) return;
  if (out_->size() > 1) *out_ += ',';
  *out_ += plan.text;
  json::append_text(*out_, text);
}

void PropertyWriter::forget() {
  kinds_.clear();
  kind_ = nullptr;
}

void PropertyWriter::end() { *out_ += '}'; }

}  // namespace cairn::events
