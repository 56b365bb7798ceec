// Market data of one tick: marks on the market route, best prices on the public one.
#include <algorithm>
#include <cctype>

#include "stream_hub.hpp"

namespace sluice::simulator {
namespace {

constexpr std::string_view all_marks = "!markPrice@arr";
constexpr std::string_view all_books = "!bookTicker";
constexpr std::uint64_t slow_mark_ticks = 3;  ///< Without @1s, marks come every third second.
constexpr std::uint64_t all_books_ticks = 5;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

bool has_capitals(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isupper(c) != 0; });
}

}  // namespace

/// The payloads of one tick, each written once however many follow it.
struct stream_hub::market_round {
  const mark_board& marks;
  const listing& instruments;
  std::int64_t event_ms{0};
  std::uint64_t tick{0};
  std::map<std::string, std::vector<payload>, std::less<>> made{};

  /// Empty when the name is no stream of that route, or not due on this tick.
  std::vector<payload>& find(stream_route route, const std::string& name) {
    const auto [it, fresh] = made.try_emplace(std::to_string(static_cast<int>(route)) + name);
    if (fresh && route == stream_route::market)
      write_marks(name, it->second);
    else if (fresh && route == stream_route::public_)
      write_books(name, it->second);
    return it->second;
  }

 private:
  static void add(const std::string& name, std::string text, std::vector<payload>& into) {
    if (!text.empty())
      into.push_back({name, std::make_shared<const std::string>(std::move(text)), {}});
  }
  /// The tradable symbol in front of a suffix, spelled in lower case.
  [[nodiscard]] const instrument* named(std::string_view name, std::string_view suffix) const {
    if (!name.ends_with(suffix))
      return nullptr;
    name.remove_suffix(suffix.size());
    const auto* i = has_capitals(name) ? nullptr : instruments.find(upper(name));
    return i && i->status == "TRADING" ? i : nullptr;
  }
  void write_marks(const std::string& name, std::vector<payload>& into) const {
    std::string_view plain = name;
    const bool every_second = plain.ends_with("@1s");
    if (every_second)
      plain.remove_suffix(3);
    if (!every_second && tick % slow_mark_ticks != 0)
      return;
    if (plain == all_marks)
      for (auto contract : {"PERPETUAL", "TRADIFI_PERPETUAL"})
        add(name, marks.array_text(contract, event_ms), into);
    else if (const auto* i = named(plain, "@markPrice"))
      add(name, marks.row_text(*i, event_ms), into);
  }
  void write_books(const std::string& name, std::vector<payload>& into) const {
    if (name == all_books && tick % all_books_ticks == 0)
      for (const auto& i : instruments.all())
        if (i.status == "TRADING")
          add(name, marks.book_text(i, event_ms, tick + 1), into);
    if (const auto* i = named(name, "@bookTicker"))
      add(name, marks.book_text(*i, event_ms, tick + 1), into);
  }
};

void stream_hub::publish_marks(const mark_board& marks, std::int64_t event_ms) {
  market_round round{marks, *listing_, event_ms, ticks_++, {}};
  batch of_marks;
  batch of_books;
  for (const auto& [id, c] : connections_)
    for (const auto& name : c.names)
      for (auto& p : round.find(c.route, name))
        deliver(id, c, p, c.route == stream_route::market ? of_marks : of_books);
  send(std::move(of_marks), stream_kind::market, "markPriceUpdate");
  if (!of_books.empty())
    send(std::move(of_books), stream_kind::market, "bookTicker");
}

}  // namespace sluice::simulator
