// The rival without shared memory: an actor owns the rows and answers whoever asks.
#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <memory>
#include <random>
#include <vector>

#include "histogram.hpp"
#include "state_table_messages.hpp"
#include "state_table_rivals.hpp"

namespace sluice::bench {

/// Shared by the actors and the thread that measures; looked at when the actors have ended.
struct owner_numbers {
  histogram visible{};  ///< From the send of a row to the moment it can be asked for.
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> torn{0};
};

class owner : public caf::event_based_actor {
 public:
  owner(caf::actor_config& config, std::size_t symbols, std::shared_ptr<owner_numbers> numbers)
      : event_based_actor(config), rows_(symbols), numbers_(std::move(numbers)) {}

  caf::behavior make_behavior() override {
    return {
        [this](const put_row& p) {
          rows_[p.at] = kept_row(p.state);
          if (p.sent != clock_type::time_point{})
            numbers_->visible.add(clock_type::now() - p.sent);
        },
        [this](const put_proof& p) { account_ = p.sent_at; },
        [this](const ask_row& a) { return rows_[a.at].seen(account_); },
        [this](const ask_all&) {
          auto all = std::make_shared<std::vector<truth_view>>();
          all->reserve(rows_.size());
          for (const auto& r : rows_)
            all->push_back(r.seen(account_));
          return all_rows(std::move(all));
        },
    };
  }

 private:
  std::vector<kept_row> rows_;
  instant account_{never};
  std::shared_ptr<owner_numbers> numbers_;
};

/// True when the words of a row belong together; see the writer of bench/state_table.
[[nodiscard]] inline bool is_whole(const truth_view& seen) {
  return !is_known(seen.content) ||
         amount_of(seen.content).raw() == static_cast<std::int64_t>(seen.version);
}

/// Asks for one row, or for all, again and again; never more than one question under way.
template <class Question, class Answer>
class asker : public caf::event_based_actor {
 public:
  asker(caf::actor_config& config, caf::actor owner, std::size_t symbols,
        std::shared_ptr<owner_numbers> numbers, std::shared_ptr<histogram> taken)
      : event_based_actor(config),
        owner_(std::move(owner)),
        numbers_(std::move(numbers)),
        taken_(std::move(taken)),
        any_(0, symbols - 1) {}

  caf::behavior make_behavior() override {
    ask();
    return {[](ask_all) {}};
  }

 private:
  void ask() {
    const auto sent = clock_type::now();
    Question question{};
    if constexpr (std::is_same_v<Question, ask_row>)
      question.at = any_(random_);
    request(owner_, caf::infinite, question).then([this, sent](const Answer& answer) {
      taken_->add(clock_type::now() - sent);
      check(answer);
      if (numbers_->over)
        quit();
      else
        ask();
    });
  }
  void check(const truth_view& seen) {
    if (!is_whole(seen))
      ++numbers_->torn;
  }
  void check(const all_rows& seen) {
    for (const auto& row : *seen)
      check(row);
  }

  caf::actor owner_;
  std::shared_ptr<owner_numbers> numbers_;
  std::shared_ptr<histogram> taken_;
  std::minstd_rand random_{7};
  std::uniform_int_distribution<std::size_t> any_;
};

}  // namespace sluice::bench
