// Bytes as a journal: a file that was changed is refused or is as it was, never silently another;
// and records as text come back as they were written.
#include <algorithm>
#include <optional>

#include "journal_base.hpp"
#include "sluice/journal/facts_json.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/journal/record_json.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

using namespace sluice::journal;

/// Everything that can be asked of a file, or the first refusal.
result<std::string> told_by(reader& from) {
  std::string all;
  for (const auto* id : {"p1", "p2", "p3", "p4"}) {
    const auto story = from.explain(plan_id{id});
    if (!story)
      return story.error();
    all += story->value_or("no such plan") + "\n";
  }
  const auto events = from.events_after(0, 1'000);
  const auto orders = from.orders({});
  const auto plans = from.plans({});
  const auto holds = from.holds();
  const auto shares = from.reasons({});
  const auto state = from.state();
  std::int64_t judged = 0;
  const auto each = from.each_judgement([&](const judgement& j) { judged += j.seq; });
  std::optional<error> refused;
  const auto usable = [&](const auto& answer) {
    if (!answer && !refused)
      refused = answer.error();
    return answer.has_value();
  };
  if (!usable(events) || !usable(orders) || !usable(plans) || !usable(holds) || !usable(shares) ||
      !usable(state) || !usable(each))
    return *refused;
  for (const auto& e : *events)
    all += e.json + "\n";
  for (const auto& o : *orders)
    all +=
        o.request.id.str() + " " + std::string{to_string(o.state)} + " " + o.executed.str() + "\n";
  for (const auto& p : *plans)
    all += p.id.str() + " " + p.kind + " " + p.position.instrument.str() + "\n";
  for (const auto& h : *holds)
    all += h.evidence + "\n";
  all += to_json(reason_window{}, *shares) + "\n" + std::to_string(judged) + "\n";
  all += std::to_string(state->last_seq) + " " + std::to_string(state->ledger.size()) + " " +
         std::to_string(state->unresolved_orders.size()) + "\n";
  return all;
}

struct original {
  scratch_folder folder{};
  journal_base base{make_journal_base(folder)};
  std::string told{};
  std::uint64_t ends_with{0};
  std::int64_t records{0};

  original() {
    auto from = reader::open(folder.put(base.bytes));
    require(from.has_value(), "a whole journal opens");
    const auto verified = (*from)->verify();
    const auto all = told_by(**from);
    require(verified.has_value() && all.has_value(), "a whole journal is whole");
    told = *all;
    ends_with = verified->ends_with;
    records = verified->records;
  }
};

const original& whole() {
  static const original made;
  return made;
}

void check_file(std::string_view bytes) {
  auto from = reader::open(whole().folder.put(bytes));
  if (!from) {
    require(!from.error().text.empty(), "what cannot be opened says why");
    return;
  }
  const auto verified = (*from)->verify();
  const auto told = told_by(**from);
  if (!verified) {
    require(!verified.error().text.empty(), "what is damaged says where");
    return;
  }
  // The chain is as long as the records: the same end is the same journal.
  if (verified->ends_with != whole().ends_with || verified->records != whole().records)
    return;
  if (!told) {  // For want of a column whose name was changed, say.
    require(!told.error().text.empty(), "what cannot be asked says why");
    return;
  }
  if (*told != whole().told)
    std::fprintf(stderr, "before:\n%s\nnow:\n%s\n", whole().told.c_str(), told->c_str());
  require(*told == whole().told, "a journal whose checks hold tells what was written");
}

/// Groups of five bytes and more: what to do, three of a place, how many; then the new bytes.
std::string patched(std::string_view patches) {
  auto bytes = whole().base.bytes;
  const auto& content = whole().base.content;
  const auto byte_at = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(patches[i]));
  };
  while (patches.size() >= 5 && !bytes.empty()) {
    const auto what = byte_at(0);
    const auto place = byte_at(1) + 256 * byte_at(2) + 65'536 * byte_at(3);
    const auto size = std::min(byte_at(4) % 64, patches.size() - 5);
    if (what == 'c') {
      bytes.resize(place % bytes.size());
    } else {
      const auto at = what == 'z' ? place % bytes.size() : content[place % content.size()];
      for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i)
        bytes[at + i] = patches[5 + i];
    }
    patches.remove_prefix(5 + size);
  }
  return bytes;
}

template <class T, class Parse, class Print>
void check_text(std::string_view text, Parse parse, Print print) {
  const result<T> read = parse(text);
  if (!read) {
    require(read.error().code == errc::malformed, "what is no document is malformed");
    return;
  }
  const std::string printed = print(*read);
  const result<T> again = parse(printed);
  require(again.has_value(), "what is printed can be read");
  require(print(*again) == printed, "what is printed and read is the same");
}

void check_record(std::string_view kind, std::string_view text) {
  (void)long_numbers_as_text(text);
  const auto read = parse_state_body(kind, text);
  if (!read || !*read)
    return;
  require(kind_of(**read) == kind, "a body is one of its kind");
  const auto printed = body_json(**read);
  const auto again = parse_state_body(kind, printed);
  require(again.has_value() && again->has_value(), "a body that is printed can be read");
  require(body_json(**again) == printed, "a body that is printed and read is the same");
}

constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

}  // namespace

/// A SQLite file, "patch\n" and what to change in a whole journal, or a kind of record, line end
/// and its text.
void check(std::string_view input) {
  if (input.starts_with(sqlite_magic))
    return check_file(input);
  const auto kind = input.substr(0, input.find('\n'));
  const auto text = input.substr(std::min(kind.size() + 1, input.size()));
  const instant now{std::chrono::seconds{6}};
  if (kind == "patch")
    return check_file(patched(text));
  if (kind == "plan")
    return check_text<plan>(text, &parse_plan, [](const plan& p) { return to_json(p); });
  if (kind == "facts")
    return check_text<facts>(text, &parse_facts, [](const facts& f) { return to_json(f); });
  if (kind == "verdict")
    return check_text<verdict>(
        text, [&](std::string_view t) { return parse_verdict(t, now); },
        [&](const verdict& v) { return to_json(v, now); });
  if (kind == "universe")
    return (void)parse_universe(text);
  check_record(kind, text);
}

}  // namespace sluice::fuzz
