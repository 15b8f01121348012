// The options of the commands, as they travel: from the command line to this process or to a server's socket.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "json/describe.h"

namespace cairn::app {

struct ImportAsked {
  std::string preset;
  std::vector<std::string> paths;
  bool dry_run = false;
  std::optional<std::string> source, zone, currency;
  std::vector<std::string> map;  ///< `column=field`
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(ImportAsked, (), (preset, paths, dry_run, source, zone, currency, map))

struct UndoAsked {
  int64_t run = 0;
};
BOOST_DESCRIBE_STRUCT(UndoAsked, (), (run))

struct ReportAsked {
  std::optional<std::string> since, until;
  std::string lang = "en";
  bool json = false;
  bool colour = false;
  int width = 80;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(ReportAsked, (), (since, until, lang, json, colour, width))

struct DemoAsked {
  int customers = 2000;
  int months = 18;
  uint64_t seed = 7;
  std::optional<std::string> until;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(DemoAsked, (), (customers, months, seed, until))

struct BrandAsked {
  std::optional<std::string> name, currency, zone, country, first_weekday;  ///< Absent: stays as it is.
};
BOOST_DESCRIBE_STRUCT(BrandAsked, (), (name, currency, zone, country, first_weekday))

struct SourceAsked {
  std::string act = "list";  ///< list, add, rotate, close
  std::string name;
  std::string form = "browser";
  int64_t old_keys_live_hours = 24;
  bool json = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(SourceAsked, (), (act, name, form, old_keys_live_hours, json))

struct IdentityAsked {
  std::string act = "rules";  ///< rules, what-if, merge, unmerge
  std::string first, second;  ///< Customers; or a merge.
  std::string rules;          ///< A file.
  std::string reason;
  bool json = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(IdentityAsked, (), (act, first, second, rules, reason, json))

struct SegmentAsked {
  std::string act = "list";  ///< list, presets, add, show, refresh, freeze, remove
  std::string name;
  std::string text;
  std::string preset;
  std::string description;
  std::string lang = "en";
  bool json = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(SegmentAsked, (), (act, name, text, preset, description, lang, json))

struct CustomerAsked {
  std::string act = "show";  ///< show, find
  std::string text;
  std::string lang = "en";
  bool json = false;
  int width = 80;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(CustomerAsked, (), (act, text, lang, json, width))

struct ConsentAsked {
  std::string act = "show";  ///< show, say, link, revoke, texts
  std::string first;         ///< Whom; of texts a purpose, to add one.
  std::string purpose, state;
  std::string at;  ///< When it was said.
  std::string source, note;
  std::optional<int64_t> text_version;
  std::optional<int64_t> days;  ///< That a link works.
  std::string en, fr;           ///< Of a new text.
  std::string lang = "en";
  bool json = false;
  int width = 80;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(ConsentAsked, (),
                      (act, first, purpose, state, at, source, note, text_version, days, en, fr, lang, json, width))

struct LogAsked {
  int64_t after = 0;
  int64_t limit = 0;  ///< 0: all.
  bool json = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(LogAsked, (), (after, limit, json))

struct QueryAsked {
  std::string text;
  std::string as_of;
  bool as_known = false;
  std::vector<std::string> moments;
  std::string explain;  ///< A customer: why it is so for them.
  bool json = false;
  bool csv = false;
  std::string table;  ///< Of csv; empty: the first.
  int64_t rows = 0;   ///< 0: as many as suit.
  std::string lang = "en";
  bool colour = false;
  int width = 80;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(QueryAsked, (),
                      (text, as_of, as_known, moments, explain, json, csv, table, rows, lang, colour, width))

struct DoctorAsked {
  bool json = false;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(DoctorAsked, (), (json))

struct EraseAsked {
  std::string customer;
  bool dry_run = false;
  bool json = false;
  std::string lang = "en";
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(EraseAsked, (), (customer, dry_run, json, lang))

struct ExportPersonAsked {
  std::string customer;
  bool page = false;  ///< Instead of JSON.
  std::string lang = "en";
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(ExportPersonAsked, (), (customer, page, lang))

struct BackupAsked {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(BackupAsked, (), (path))

}  // namespace cairn::app
