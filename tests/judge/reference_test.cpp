// The reference page: generated from the table of words, and every example on it is what the judge says.
#include "query/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "events/kinds.h"
#include "judge/questions.h"
#include "judge/sample.h"
#include "query/printer.h"
#include "query/words.h"

namespace cairn::judge {
namespace {

using query::Group;

TEST(Reference, EveryExampleGivesWhatIsWritten) {
  Brand brand = sample_brand();
  brand.segments.emplace(query::kSampleSegment, ask(query::kSampleSegmentCondition, brand));
  std::vector<Row> rows = sample_rows();
  for (const query::WordInfo& w : query::all_words()) {
    ASSERT_FALSE(w.example.empty()) << w.name;
    query::Checked checked = ask(w.example, brand);
    EXPECT_EQ(query::print(checked.query), w.example) << "not in its canonical form";
    if (w.group == Group::question) continue;
    if (w.group == Group::series) {
      auto cells = series(checked, {rows, moment(query::kSampleMoment)}, brand);
      EXPECT_EQ(to_text(cells.begin()->second.value), w.result) << w.example;
      continue;
    }
    Answer answer = evaluate(checked, rows, brand, {moment(query::kSampleMoment)});
    EXPECT_EQ(to_text(answer.value), w.result) << w.example;
  }
}

TEST(Reference, ThePageHoldsWhatIsGenerated) {
  std::string path = std::string(CAIRN_SOURCE_DIR) + "/docs/reference/query.md";
  std::string page = system_files().read(path).value();
  size_t begin = page.find(query::kReferenceBegins), end = page.find(query::kReferenceEnds);
  ASSERT_TRUE(begin != page.npos && end != page.npos && begin < end) << "the page lost its marks";
  size_t length = end + query::kReferenceEnds.size() - begin;
  std::string wanted = query::generated_reference();
  if (std::getenv("CAIRN_WRITE_REFERENCE")) {
    page.replace(begin, length, wanted);
    ASSERT_TRUE(system_files().write(path, page));
    return;
  }
  EXPECT_TRUE(page.substr(begin, length) == wanted)
      << "docs/reference/query.md is behind src/query/words.cpp; write it anew with CAIRN_WRITE_REFERENCE=1 "
         "judge_test --gtest_filter=Reference.*";
}

/// Code on the page that begins with a known word of a question or stands in a block of the language.
TEST(Reference, EveryQueryInABlockOfThePageIsRight) {
  std::string page = system_files().read(std::string(CAIRN_SOURCE_DIR) + "/docs/reference/query.md").value();
  Brand brand = sample_brand();
  int found = 0;
  std::string query;
  bool inside = false;
  for (std::string_view line : split(page, '\n')) {
    if (line.starts_with("```query")) {
      inside = true;
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside && !line.empty()) {
      bool more = line.ends_with("\\");
      query += more ? std::string(line.substr(0, line.size() - 1)) : std::string(line);
      if (more) continue;
      ask(query, brand, {"order_completed"});
      query.clear();
      ++found;
    }
  }
  EXPECT_GE(found, 10);
}

TEST(Entities, FoldWhatTheCatalogueDeclares) {
  const query::Catalogue& catalogue = events::declared_kinds();
  for (const query::Entity& entity : catalogue.entities()) {
    for (const query::Feed& feed : entity.feeds) {
      const query::Kind* kind = catalogue.find_stream(feed.stream);
      ASSERT_NE(kind, nullptr) << feed.stream;
      EXPECT_NE(kind->find(entity.key), nullptr) << feed.stream << '.' << entity.key;
      if (feed.role != query::FeedRole::links) {
        EXPECT_EQ(kind->entity, entity.name) << feed.stream;
        EXPECT_EQ(kind->business_key, entity.key) << feed.stream;
      }
    }
    for (const query::Field& field : entity.fields) {
      if (field.property.empty()) continue;
      int with = 0;
      for (const query::Feed& feed : entity.feeds) {
        bool read = field.streams.empty();
        for (std::string_view one : split(field.streams, ' ')) read = read || one == feed.stream;
        const query::Property* p = read ? catalogue.find_stream(feed.stream)->find(field.property) : nullptr;
        if (!p) continue;
        ++with;
        bool counts = field.rule == query::FieldRule::count;
        EXPECT_TRUE(counts || query::type_of(*p) == query::type_of(field.type)) << entity.name << '.' << field.name;
        EXPECT_FALSE(p->personal) << entity.name << '.' << field.name << ": the fold must survive an erasure";
      }
      EXPECT_GT(with, 0) << entity.name << '.' << field.name;
    }
  }
  for (const query::Kind& kind : catalogue.kinds())
    if (!kind.entity.empty()) {
      ASSERT_NE(catalogue.find_entity(kind.entity), nullptr) << kind.entity;
      EXPECT_NE(catalogue.find_entity(kind.entity)->feed(kind.stream), nullptr) << kind.stream;
    }
}

TEST(Attributes, ComeFromWhatTheCatalogueDeclares) {
  const query::Catalogue& catalogue = events::declared_kinds();
  for (const query::Attribute& a : catalogue.attributes()) {
    for (const std::string& stream : {a.stream, a.minus_stream}) {
      if (stream.empty()) continue;
      const query::Kind* kind = catalogue.find_stream(stream);
      ASSERT_NE(kind, nullptr) << stream;
      if (a.property.empty()) continue;
      ASSERT_NE(kind->find(a.property), nullptr) << stream << '.' << a.property;
      EXPECT_EQ(kind->find(a.property)->type, a.type) << a.name;
    }
  }
}

}  // namespace
}  // namespace cairn::judge
