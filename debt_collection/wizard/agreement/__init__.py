from . import collection_promise_judge
