// Orders over HTTP while the status actor has been busy: they go before pages, and one whose client
// was told that there is no answer does nothing.
#include "answer_slot.hpp"
#include "sluice/actors/status.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;

namespace {

using slot_ptr = std::shared_ptr<status::answer_slot>;

const std::string active_again = R"({"state":"active","author":"alice","reason":"all is well"})";

/// A process that is asked as its HTTP server asks it, but for the sessions.
struct asked_process {
  asked_process() { run.make_ready(); }

  slot_ptr ask(std::string method, std::string path, std::string body = {}) {
    auto slot = std::make_shared<status::answer_slot>(std::make_shared<status::reader_seats>(0), 0,
                                                      status::stream_wish::head_only);
    status::request asked;
    asked.method = std::move(method);
    asked.path = std::move(path);
    asked.body = std::move(body);
    asked.content_type = "application/json";
    gateway(std::move(asked), status::responder(slot));
    return slot;
  }
  [[nodiscard]] trading_state state() const { return run.given.vitals->trading().state; }

  pipeline_world world{};
  pipeline_run run{world};
  status::request_handler gateway{http_gateway(run.given.log, run.all->intake, run.all->status)};
};

/// Writes down that its request was answered.
class noted final : public status::waker {
 public:
  noted(std::string name, std::vector<std::string>& answered)
      : name_(std::move(name)), answered_(answered) {}
  void wake() override { answered_.push_back(name_); }

 private:
  std::string name_;
  std::vector<std::string>& answered_;
};

}  // namespace

TEST_CASE("an order whose client was told that there is no answer lifts no later halt") {
  asked_process p;
  p.run.stand_still(p.run.all->status);
  const auto late = p.ask("POST", "/api/v1/state", active_again);
  static_cast<void>(late->take());  // As a session does, and then answers 504.
  caf::anon_send(p.run.all->gate, restrict_state{trading_state::halted, "SIGUSR1"});
  p.run.settle();
  p.run.go_on();
  CHECK(p.state() == trading_state::halted);
  CHECK(p.run.records_of("state_changed") == 1);

  const auto in_time = p.ask("POST", "/api/v1/state", active_again);
  p.run.settle();
  CHECK(in_time->ready());
  CHECK(p.state() == trading_state::active);
}

TEST_CASE("an order does not wait behind the pages that were asked for before it") {
  asked_process p;
  std::vector<std::string> answered;
  noted page{"page", answered};
  noted order{"order", answered};
  std::vector<slot_ptr> slots;
  for (int i = 0; i < 5; ++i) {
    slots.push_back(p.ask("GET", "/healthz"));
    REQUIRE(slots.back()->arm(&page));
  }
  slots.push_back(p.ask("POST", "/api/v1/state", "{}"));  // Refused by the status actor itself.
  REQUIRE(slots.back()->arm(&order));
  p.run.settle();
  REQUIRE(answered.size() == 6);
  CHECK(answered.front() == "order");
}
