/** Area codes that lie in the same states and may be in any of the same time zones. */
export interface AreaCodeGroup {
  /** Codes of states and provinces (states.ts); none outside the United States and Canada. */
  states: readonly string[];
  /** Every IANA zone that a number of these codes may be in. */
  zones: readonly string[];
  codes: string;
}

/** Where an area code lies. */
export type AreaCodePlace = Pick<AreaCodeGroup, 'states' | 'zones'>;

/**
 * The geographic area codes of the North American Numbering Plan: the United States and their territories, Canada, Bermuda
 * and the Caribbean. Toll-free and other codes without a place (800, 833, 900, 5XX, 600, 710) are left out: their place is
 * unknown.
 *
 * Sources, read on 22 November 2026: the time zones and places by prefix of Google's libphonenumber 9.0.43 (November 2026),
 * each code with the zones of all its prefixes; and the public notices of the states' commissions for codes that those
 * data do not have yet: 357 436 457 465 471 483 565 621 624 679 729 837 861 924. 565 is assigned and not yet in service.
 * Zones of the IANA database, release 2026f. Complete for the United States up to the summer of 2026, for Canada up to 2025.
 *
 * One zone too many only narrows the hours of calling, one too few breaks the law. Therefore:
 * - An overlay has all the zones of the area that it covers, although no number of it may be there yet: 364, 448, 458, 581.
 * - 432 has Mountain time (the north-west of Culberson County) and 931 Eastern time (the border of its area), which the
 *   source leaves out; Saskatchewan has the time of Manitoba (Creighton) and of Alberta (Lloydminster).
 *   Elsewhere the official time counts, whatever a town by the border keeps (Phenix City in 334, Hyder in 250).
 * - Where the clocks stopped in 2026, a zone that never turned them stands beside (states.ts says why).
 *
 * Left out as mistakes of the source: 689 (Orlando) in Chicago, a prefix of 907 (Unalaska) in Honolulu, and 879 in Puerto
 * Rico.
 */
export const areaCodeGroups: readonly AreaCodeGroup[] = [
  { states: ['AL'], zones: ['America/Chicago'], codes: '205 251 256 334 483 659 938' },
  { states: ['AK'], zones: ['America/Anchorage', 'America/Adak'], codes: '907' },
  { states: ['AZ'], zones: ['America/Phoenix'], codes: '480 520 602 623' },
  { states: ['AZ'], zones: ['America/Phoenix', 'America/Denver'], codes: '928' },
  { states: ['AR'], zones: ['America/Chicago'], codes: '327 479 501 870' },
  {
    states: ['CA'],
    zones: ['America/Los_Angeles'],
    codes:
      '209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951',
  },
  { states: ['CO'], zones: ['America/Denver'], codes: '303 719 720 748 970 983' },
  { states: ['CT'], zones: ['America/New_York'], codes: '203 475 860 959' },
  { states: ['DE'], zones: ['America/New_York'], codes: '302' },
  { states: ['DC'], zones: ['America/New_York'], codes: '202 771' },
  {
    states: ['FL'],
    zones: ['America/New_York'],
    codes: '239 305 321 324 352 386 407 561 645 656 689 727 728 754 772 786 813 863 904 941 954',
  },
  { states: ['FL'], zones: ['America/New_York', 'America/Chicago'], codes: '448 850' },
  { states: ['GA'], zones: ['America/New_York'], codes: '229 404 470 478 565 678 706 762 770 912 943' },
  { states: ['HI'], zones: ['Pacific/Honolulu'], codes: '808' },
  { states: ['ID'], zones: ['America/Denver', 'America/Los_Angeles'], codes: '208 986' },
  {
    states: ['IL'],
    zones: ['America/Chicago'],
    codes: '217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872',
  },
  { states: ['IN'], zones: ['America/New_York'], codes: '260 317 463 765' },
  { states: ['IN'], zones: ['America/New_York', 'America/Chicago'], codes: '219 574 812 930' },
  { states: ['IA'], zones: ['America/Chicago'], codes: '319 515 563 641 712' },
  { states: ['KS'], zones: ['America/Chicago'], codes: '316 913' },
  { states: ['KS'], zones: ['America/Chicago', 'America/Denver'], codes: '620 785' },
  { states: ['KY'], zones: ['America/New_York'], codes: '502 859' },
  { states: ['KY'], zones: ['America/New_York', 'America/Chicago'], codes: '270 364 606' },
  { states: ['LA'], zones: ['America/Chicago'], codes: '225 318 337 457 504 985' },
  { states: ['ME'], zones: ['America/New_York'], codes: '207' },
  { states: ['MD'], zones: ['America/New_York'], codes: '227 240 301 410 443 667' },
  { states: ['MA'], zones: ['America/New_York'], codes: '339 351 413 508 617 774 781 857 978' },
  { states: ['MI'], zones: ['America/New_York'], codes: '231 248 269 313 517 586 616 679 734 810 947 989' },
  { states: ['MI'], zones: ['America/New_York', 'America/Chicago'], codes: '906' },
  { states: ['MN'], zones: ['America/Chicago'], codes: '218 320 507 612 651 763 924 952' },
  { states: ['MS'], zones: ['America/Chicago'], codes: '228 471 601 662 769' },
  { states: ['MO'], zones: ['America/Chicago'], codes: '235 314 417 557 573 636 660 816 975' },
  { states: ['MT'], zones: ['America/Denver'], codes: '406' },
  { states: ['NE'], zones: ['America/Chicago'], codes: '402 531' },
  { states: ['NE'], zones: ['America/Chicago', 'America/Denver'], codes: '308' },
  { states: ['NV'], zones: ['America/Los_Angeles'], codes: '702 725' },
  { states: ['NV'], zones: ['America/Los_Angeles', 'America/Denver'], codes: '775' },
  { states: ['NH'], zones: ['America/New_York'], codes: '603' },
  { states: ['NJ'], zones: ['America/New_York'], codes: '201 551 609 640 732 848 856 862 908 973' },
  { states: ['NM'], zones: ['America/Denver'], codes: '505 575' },
  {
    states: ['NY'],
    zones: ['America/New_York'],
    codes: '212 315 329 332 347 363 465 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934',
  },
  { states: ['NC'], zones: ['America/New_York'], codes: '252 336 472 704 743 828 910 919 980 984' },
  { states: ['ND'], zones: ['America/Chicago', 'America/Denver'], codes: '701' },
  { states: ['OH'], zones: ['America/New_York'], codes: '216 220 234 283 326 330 380 419 436 440 513 567 614 740 937' },
  { states: ['OK'], zones: ['America/Chicago'], codes: '405 539 572 580 918' },
  { states: ['OR'], zones: ['America/Los_Angeles'], codes: '503 971' },
  { states: ['OR'], zones: ['America/Los_Angeles', 'America/Denver'], codes: '458 541' },
  { states: ['PA'], zones: ['America/New_York'], codes: '215 223 267 272 412 445 484 570 582 610 717 724 814 835 878' },
  { states: ['RI'], zones: ['America/New_York'], codes: '401' },
  { states: ['SC'], zones: ['America/New_York'], codes: '803 821 839 843 854 864' },
  { states: ['SD'], zones: ['America/Chicago', 'America/Denver'], codes: '605' },
  { states: ['TN'], zones: ['America/Chicago'], codes: '615 629 731 901' },
  { states: ['TN'], zones: ['America/New_York'], codes: '865' },
  { states: ['TN'], zones: ['America/New_York', 'America/Chicago'], codes: '423 729 931' },
  {
    states: ['TX'],
    zones: ['America/Chicago'],
    codes:
      '210 214 254 281 325 346 361 409 430 469 512 621 682 713 726 737 806 817 830 832 903 936 940 945 956 972 979',
  },
  { states: ['TX'], zones: ['America/Denver'], codes: '915' },
  { states: ['TX'], zones: ['America/Chicago', 'America/Denver'], codes: '432' },
  { states: ['UT'], zones: ['America/Denver'], codes: '385 435 801' },
  { states: ['VT'], zones: ['America/New_York'], codes: '802' },
  { states: ['VA'], zones: ['America/New_York'], codes: '276 434 540 571 686 703 757 804 826 948' },
  { states: ['WA'], zones: ['America/Los_Angeles'], codes: '206 253 360 425 509 564' },
  { states: ['WV'], zones: ['America/New_York'], codes: '304 681' },
  { states: ['WI'], zones: ['America/Chicago'], codes: '262 274 353 414 534 608 715 920' },
  { states: ['WY'], zones: ['America/Denver'], codes: '307' },
  { states: ['PR'], zones: ['America/Puerto_Rico'], codes: '787 939' },
  { states: ['VI'], zones: ['America/Puerto_Rico'], codes: '340' },
  { states: ['GU'], zones: ['Pacific/Guam'], codes: '671' },
  { states: ['MP'], zones: ['Pacific/Guam'], codes: '670' },
  { states: ['AS'], zones: ['Pacific/Pago_Pago'], codes: '684' },
  { states: ['AB'], zones: ['America/Edmonton', 'America/Regina'], codes: '368 403 587 780 825' },
  { states: ['BC'], zones: ['America/Vancouver', 'America/Fort_Nelson'], codes: '604' },
  {
    states: ['BC'],
    zones: ['America/Vancouver', 'America/Fort_Nelson', 'America/Edmonton', 'America/Regina'],
    codes: '236 250 257 672 778',
  },
  { states: ['MB'], zones: ['America/Winnipeg', 'America/Atikokan'], codes: '204 431 584' },
  { states: ['NB'], zones: ['America/Halifax'], codes: '428 506' },
  { states: ['NL'], zones: ['America/St_Johns', 'America/Halifax'], codes: '709 879' },
  { states: ['NS', 'PE'], zones: ['America/Halifax'], codes: '782 902' },
  {
    states: ['NT', 'NU', 'YT'],
    zones: [
      'America/Whitehorse',
      'America/Edmonton',
      'America/Regina',
      'America/Toronto',
      'America/Rankin_Inlet',
      'America/Cambridge_Bay',
      'America/Atikokan',
    ],
    codes: '867',
  },
  {
    states: ['ON'],
    zones: ['America/Toronto'],
    codes: '226 249 289 343 365 382 416 437 519 548 613 647 683 705 742 753 905 942',
  },
  { states: ['ON'], zones: ['America/Toronto', 'America/Winnipeg', 'America/Atikokan'], codes: '807' },
  { states: ['QC'], zones: ['America/Toronto'], codes: '263 354 438 450 468 514 579 819 873' },
  { states: ['QC'], zones: ['America/Toronto', 'America/Halifax'], codes: '273 367 418 581' },
  {
    states: ['SK'],
    zones: ['America/Regina', 'America/Edmonton', 'America/Winnipeg', 'America/Atikokan'],
    codes: '306 474 639',
  },
  // The Lesser Antilles, Trinidad and Tobago, Sint Maarten
  { states: [], zones: ['America/Puerto_Rico'], codes: '264 268 284 473 664 721 758 767 784 868 869' },
  // Barbados
  { states: [], zones: ['America/Barbados'], codes: '246' },
  // The Dominican Republic
  { states: [], zones: ['America/Santo_Domingo'], codes: '809 829 849' },
  // The Bahamas
  { states: [], zones: ['America/New_York'], codes: '242' },
  // Turks and Caicos
  { states: [], zones: ['America/Grand_Turk'], codes: '649' },
  // Bermuda
  { states: [], zones: ['Atlantic/Bermuda'], codes: '441' },
  // Jamaica
  { states: [], zones: ['America/Jamaica'], codes: '658 876' },
  // The Cayman Islands
  { states: [], zones: ['America/Panama'], codes: '345' },
];

/** Where each area code lies, by its three digits; a code that is absent has no place, or none that we know. */
export const areaCodes: ReadonlyMap<string, AreaCodePlace> = new Map(
  areaCodeGroups.flatMap(({ states, zones, codes }) => codes.split(' ').map((code) => [code, { states, zones }])),
);
