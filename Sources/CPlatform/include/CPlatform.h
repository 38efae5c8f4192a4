// A program built for a newer processor than it runs on says so before its first instruction of that kind.
//
// There is nothing to call: linking this target is enough.
#pragma once
